/** Promises in what is refused or was thrown. No code awaits them, so one that rejects would end the process by itself. */
import { types } from "node:util";

/** So many members are looked at: a list of calls that were not awaited is rarely longer. */
const mostMembers = 10_000;

/** Marks the promises in a value, in arrays and properties at any depth, as handled. Never throws. */
export function handlePromises(value: unknown): void {
  const found = new Set<unknown>([value]);
  for (const one of found) {
    if (types.isPromise(one)) handle(one);
    else for (const member of membersOf(one)) if (found.size < mostMembers) found.add(member);
  }
}

function handle(promise: Promise<unknown>): void {
  try {
    Promise.prototype.then.call(promise, undefined, () => undefined);
  } catch {
    // one of a class whose constructor throws
  }
}

function membersOf(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  try {
    return value instanceof Map || value instanceof Set ? [...value.values()] : Object.values(value);
  } catch {
    return [];
  }
}
