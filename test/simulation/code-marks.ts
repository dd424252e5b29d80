/**
 * Which versions of which functions took part in a value: a mark for each, carried along in the value's number, above what that counts. So every
 * value shows whether the code that made it was current, and whether it mixes versions.
 */
import type { OutcomeText } from "@callgrid/core";
import { decodeValue, isErrorText } from "@callgrid/core";
import { noStamp, type PoolRecords, versionIn } from "@callgrid/statekeeper";
import { type CallGraph, type FunctionName, functionNames, modulus, rawNumberIn } from "./call-graph.ts";

export const codeVersions = ["1", "2", "3"] as const;

export type CodeVersion = (typeof codeVersions)[number];

/** The mark of one function at one version; marks are joined by `|`. */
export function markOf(name: FunctionName, version: CodeVersion): number {
  return 2 ** (functionNames.indexOf(name) * codeVersions.length + codeVersions.indexOf(version));
}

export function withMarks(number: number, marks: number): number {
  return number + marks * modulus;
}

export function marksIn(value: unknown): number {
  return Math.floor((rawNumberIn(value) ?? 0) / modulus);
}

/** Names and versions that are marked. */
function codeIn(marks: number): Array<readonly [FunctionName, CodeVersion]> {
  return functionNames.flatMap((name) =>
    codeVersions.filter((version) => (marks & markOf(name, version)) !== 0).map((version) => [name, version] as const),
  );
}

/** A value of two versions of one function was current at no time. */
export function mixedCode(value: unknown): string | undefined {
  const code = codeIn(marksIn(value));
  const names = code.map(([name]) => name);
  const mixed = names.find((name, index) => names.indexOf(name) !== index);
  return mixed === undefined ? undefined : `a value of ${code.map((one) => one.join(" ")).join(", ")}`;
}

/** Invariant 8: what would be found in the cache was made by code that is current. */
export function outdatedResult(records: PoolRecords, graph: CallGraph): string | undefined {
  for (const [id, { outcome, stamp }] of records.results.entries(records.now())) {
    const number = graph.numberOf(id);
    if (number === undefined || !records.functions.isUsable(graph.node(number).functionName, stamp)) continue;
    const mistake = outdatedCode(records, outcome);
    if (mistake !== undefined) return `${id} is kept under ${stamp}, and was made by ${mistake}`;
  }
  return undefined;
}

/** What of the code that made an outcome is not current; failures do not show by what they were made. */
export function outdatedCode({ functions }: PoolRecords, outcome: OutcomeText): string | undefined {
  if (isErrorText(outcome)) return undefined;
  for (const [name, version] of codeIn(marksIn(decodeValue(outcome)))) {
    const current = versionIn(functions.stampOf(name) ?? noStamp);
    if (current !== "" && current !== version) return `${name} ${version}, where ${current} is current`;
  }
  return undefined;
}
