/**
 * Reads what was thrown, which may be anything: a text, a revoked proxy, an error whose `message` is a getter that throws.
 * Nothing here throws, and all texts are short.
 */
import { types } from "node:util";
import { shortText } from "../text/short-text.ts";

/** How many characters of a message are kept. */
const longestMessage = 10_000;
const mostMembersShown = 1_000;
const longestMemberShown = 200;

/** A property of anything; undefined where reading it throws. */
export function readProperty(value: unknown, key: string | symbol): unknown {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return undefined;
  try {
    return (value as Record<string | symbol, unknown>)[key];
  } catch {
    return undefined;
  }
}

/**
 * What anything thrown says, in at most 10,000 characters: the message of an error, a text itself, else a description.
 *
 * @example
 * ```ts
 * messageOf(new Error("no price")); // "no price"
 * messageOf({ reason: "no price" }); // 'thrown: {"reason":"no price"}'
 * ```
 */
export function messageOf(thrown: unknown): string {
  if (typeof thrown === "string") return shortText(thrown, longestMessage);
  const message = typeof thrown === "object" ? readProperty(thrown, "message") : undefined;
  return shortText(typeof message === "string" ? message : describeThrown(thrown), longestMessage);
}

/** The stack of anything thrown; what it says where it has none. At most 10,000 characters. */
export function stackOf(thrown: unknown): string {
  const stack = readProperty(thrown, "stack");
  return typeof stack === "string" && stack !== "" ? shortText(stack, longestMessage) : messageOf(thrown);
}

function describeThrown(thrown: unknown): string {
  for (const describe of [errorText, promiseText, jsonText, kindText]) {
    try {
      const text = describe(thrown);
      if (text !== undefined) return text;
    } catch {
      // the next one says less, and asks less of what was thrown
    }
  }
  return "thrown: an object that cannot be read";
}

function errorText(thrown: unknown): string | undefined {
  return thrown instanceof Error
    ? `thrown: an error of class ${className(thrown)} whose message cannot be read`
    : undefined;
}

function promiseText(thrown: unknown): string | undefined {
  return types.isPromise(thrown) ? "thrown: a promise, perhaps of a call without await" : undefined;
}

function className(error: Error): string {
  return String(error.constructor.name);
}

function jsonText(thrown: unknown): string {
  let members = 0;
  const text = JSON.stringify(thrown, (_key, member: unknown) => {
    members += 1;
    // shared parts may unfold without end
    if (members > mostMembersShown) throw new RangeError("too many members to show");
    // JSON has none
    const shown = typeof member === "bigint" ? `${member}n` : member;
    return typeof shown === "string" ? shortText(shown, longestMemberShown) : shown;
  }) as string | undefined;
  return `thrown: ${text ?? String(thrown)}`;
}

function kindText(thrown: unknown): string {
  return `thrown: ${Object.prototype.toString.call(thrown)}`;
}
