/**
 * Stamps: which code made an outcome. `version#generation` of the request's function, and behind it `,name@version` for each other version of a
 * function that took part, sorted. Neither names nor versions have any of these marks. (scripts/lib/currency.lua)
 */

/** One version of one function, as `name@version`. */
export type Code = string;

/** The stamp of what no code has made. */
export const noStamp = "#0";

/**
 * Stands in a stamp for code of a bridged pool, another version of which is current here. What it took part in is delivered and never kept. No
 * function can have this name.
 */
export const otherPoolsCode: Code = "~other-pool@1";

/** The stamp of a function that has called no others. */
export function ownStamp(version: string, generation: number): string {
  return `${version}#${generation}`;
}

/** What a stamp says of the request's own function. */
export function ownPart(stamp: string): string {
  const end = stamp.indexOf(",");
  return end === -1 ? stamp : stamp.slice(0, end);
}

/** The version of the request's own function; empty if no code took part. */
export function versionIn(stamp: string): string {
  return stamp.slice(0, stamp.indexOf("#"));
}

/** The rest of a stamp, from its first comma on: what is alike for all requests that the same functions took part in. */
export function othersPart(stamp: string): string {
  const start = stamp.indexOf(",");
  return start === -1 ? "" : stamp.slice(start);
}

/** The code of other functions that a stamp, or its part behind the own one, names. */
export function othersIn(stamp: string): Code[] {
  return stamp.split(",").slice(1);
}

/** All code that a stamp names. */
export function codesIn(functionName: string, stamp: string): Code[] {
  const version = versionIn(stamp);
  const others = othersIn(stamp);
  return version === "" ? others : [codeOf(functionName, version), ...others];
}

export function codeOf(functionName: string, version: string): Code {
  return `${functionName}@${version}`;
}

/** The function and the version. */
export function readCode(code: Code): { readonly functionName: string; readonly version: string } {
  const at = code.indexOf("@");
  return { functionName: code.slice(0, at), version: code.slice(at + 1) };
}
