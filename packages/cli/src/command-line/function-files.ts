/**
 * Several files after one `--functions`, as a shell makes them of a pattern: `--functions src/*.ts`. No request and no pool is named as a file
 * of a module is, so that none of them is taken for one.
 */
import { existsSync } from "node:fs";
import { isPattern } from "@callgrid/core";

/** Of `functionsOption`, which a start that shows a version does not load. */
export const flag = "--functions";
const moduleEnding = /\.[cm]?[jt]s$/;

/** The arguments with the flag before each such file. */
export function repeatFunctionsFlag(argv: readonly string[]): string[] {
  const repeated: string[] = [];
  let isAfterFile = false;
  for (const [place, argument] of argv.entries()) {
    const isValue = argv[place - 1] === flag;
    const isMore: boolean = isAfterFile && !isValue && isModule(argument);
    if (isMore) repeated.push(flag);
    repeated.push(argument);
    isAfterFile = isValue || isMore || argument.startsWith(`${flag}=`);
  }
  return repeated;
}

/** A module that no flag precedes, which is no operand of any command. */
export function strayModule(argv: readonly string[]): string | undefined {
  return argv.find((argument, place) => isModule(argument) && !/^-/.test(argv[place - 1] ?? "-"));
}

function isModule(argument: string): boolean {
  return moduleEnding.test(argument) && (isPattern(argument) || existsSync(argument));
}
