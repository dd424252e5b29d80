/** Which function a request asks for, by name or by reference. */

import { shortText } from "../text/short-text.ts";
import { invalidRequest } from "../values/refusals.ts";
import { isFunctionName } from "./function-name.ts";

const longestShown = 80;

/** The name that was asked for last: calls mostly come in rows of one function. NaN at first, which equals nothing. */
let lastName: unknown = Number.NaN;

/** The name of the function; throws `INVALID_REQUEST` for what is not a request. */
export function requestedName(request: readonly unknown[]): string {
  const target: unknown = request[0];
  const name = typeof target === "function" && Object.hasOwn(target, "functionName") ? referenceName(target) : target;
  if (name === lastName) return name as string;
  if (isFunctionName(name)) {
    lastName = name;
    return name;
  }
  if (request.length === 0) throw invalidRequest("a request needs a function name: [functionName, ...args], got []");
  if (typeof target === "function") {
    const named = target.name === "" ? "a function without a name" : `the function ${target.name}`;
    throw invalidRequest(`${named} is not known on the grid: pass what define(name, …) returns`);
  }
  throw invalidRequest(
    `a request starts with a function name (a letter or _, then up to 127 letters, digits and _ . : / -), got ${describe(name)}`,
  );
}

function referenceName(reference: object): unknown {
  return (reference as { readonly functionName?: unknown }).functionName;
}

/** What a message calls something that is not what it should be. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shortText(value, longestShown));
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (typeof value === "object" && value !== null) return "an object";
  return value === undefined || value === null ? String(value) : `${typeof value} ${String(value)}`;
}
