/** `machines.json`: by name, the relative performance of each machine and how many of its cores to use. Comments are allowed. */

import { invalidOption } from "@callgrid/core";
import {
  applyEdits,
  findNodeAtLocation,
  modify,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import type { Machine } from "../split/shares.ts";
import { lineAt, mistake, readText } from "./file-place.ts";

const namePattern = /^[A-Za-z0-9_][\w.-]{0,63}$/;
const nameRule = "a name has up to 64 letters, digits and . _ -";
const mostCores = 1_000;

/** Throws `INVALID_OPTION` that names this option, for what no machine can be called. */
export function checkMachineName(name: string, option: string): void {
  if (!namePattern.test(name)) throw invalidOption(option, `${JSON.stringify(name)} names no machine: ${nameRule}`);
}

/** Reads the file. */
export function readMachines(file: string): Machine[] {
  return parseMachines(readMachinesText(file), file);
}

/** As it is, with its comments. */
export function readMachinesText(file: string): string {
  return readText(file, "callgrid sweep init writes one");
}

/**
 * The machines of a text.
 *
 * @throws GridError `INVALID_OPTION` with file, line and key.
 */
export function parseMachines(text: string, file: string): Machine[] {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined)
    throw mistake({ file, line: lineAt(text, error.offset) }, `not JSON: ${printParseErrorCode(error.error)}`);
  if (root?.type !== "object") throw mistake({ file, line: 1 }, "expected an object of machines by name");
  const machines = (root.children ?? []).map((property) => machineOf(property, { text, file }));
  if (machines.length === 0) throw mistake({ file, line: 1 }, "expected at least one machine");
  for (const [place, { name }] of machines.entries()) {
    if (machines.findIndex((other) => other.name === name) === place) continue;
    throw mistake({ file, line: lineAt(text, root.children?.[place]?.offset ?? 0), key: name }, "is there twice");
  }
  return machines;
}

interface Source {
  readonly text: string;
  readonly file: string;
}

function machineOf(property: Node, { text, file }: Source): Machine {
  const [key, value] = property.children ?? [];
  const name = String(key?.value);
  const place = { file, line: lineAt(text, property.offset), key: name };
  if (!namePattern.test(name)) throw mistake(place, nameRule);
  if (value?.type !== "object") throw mistake(place, 'expected { "performance": …, "cores": … }');
  const seen = new Set<string>();
  for (const member of value.children ?? []) {
    const known = String(member.children?.[0]?.value);
    const at = { file, line: lineAt(text, member.offset), key: `${name}.${known}` };
    if (known !== "performance" && known !== "cores") throw mistake(at, "expected performance or cores");
    if (seen.has(known)) throw mistake(at, "is there twice");
    seen.add(known);
  }
  const performance = numberAt(value, "performance", { text, file, name });
  const cores = numberAt(value, "cores", { text, file, name });
  return { name, performance, cores };
}

const rules = {
  performance: { expected: "a number above 0", isRight: (number: number) => number > 0 && Number.isFinite(number) },
  cores: {
    expected: `a whole number from 1 to ${mostCores}`,
    isRight: (number: number) => Number.isInteger(number) && number >= 1 && number <= mostCores,
  },
} as const;

function numberAt(machine: Node, key: keyof typeof rules, { text, file, name }: Source & { name: string }): number {
  const { expected, isRight } = rules[key];
  const node = findNodeAtLocation(machine, [key]);
  const value: unknown = node?.value;
  if (typeof value === "number" && isRight(value)) return value;
  const got = node === undefined ? "nothing" : text.slice(node.offset, node.offset + node.length);
  const line = lineAt(text, (node ?? machine).offset);
  throw mistake({ file, line, key: `${name}.${key}` }, `expected ${expected}, got ${got}`);
}

/**
 * The text with a machine's performance, comments and all else as they were; a machine that is not in it is added with these cores.
 *
 * @throws GridError `INVALID_OPTION` as {@link parseMachines} does.
 */
export function withPerformance(text: string, file: string, { name, performance, cores }: Machine): string {
  const isThere = parseMachines(text, file).some((machine) => machine.name === name);
  const path = isThere ? [name, "performance"] : [name];
  const value = isThere ? performance : { performance, cores };
  const edits = modify(text, path, value, { formattingOptions: { insertSpaces: true, tabSize: 2 } });
  return applyEdits(text, edits);
}
