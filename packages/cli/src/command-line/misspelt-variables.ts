/** Variables of the environment that look like those of options, and are not. */
import { nearestNames, type OptionDeclarations } from "@callgrid/core";

const prefix = "CALLGRID_";

/** A variable that is set, and the one that was probably meant. */
export interface MisspeltVariable {
  readonly variable: string;
  readonly nearest: string;
}

/** Those that resemble a variable of these options. */
export function misspeltVariables(
  options: OptionDeclarations,
  env: Readonly<Record<string, string | undefined>>,
): MisspeltVariable[] {
  const known = Object.values(options).map((declaration) => withoutPrefix(declaration.env));
  const given = Object.keys(env).filter((variable) => variable.startsWith(prefix));
  return given.flatMap((variable) => {
    const name = withoutPrefix(variable);
    const [nearest] = known.includes(name) ? [] : nearestNames(name, known, 1);
    return nearest === undefined ? [] : { variable, nearest: prefix + nearest };
  });
}

function withoutPrefix(variable: string): string {
  return variable.slice(prefix.length);
}
