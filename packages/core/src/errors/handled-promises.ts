/** Promises in what is refused or was thrown. No code awaits them, so one that rejects would end the process by itself. */
import { types } from "node:util";

/** So many objects are looked at. */
const mostObjects = 100_000;
/** Of an array, which may be sparse and as long as a number goes. */
const mostMembers = 1_000_000;

/** Marks the promises in a value, in arrays, Maps, Sets and properties at any depth, as handled. Never throws. */
export function handlePromises(value: unknown): void {
  const found = new Set<object>();
  const note = (one: unknown) => {
    if (typeof one === "object" && one !== null && found.size < mostObjects) found.add(one);
  };
  note(value);
  for (const one of found) {
    if (types.isPromise(one)) handle(one);
    else noteMembers(one, note);
  }
}

function handle(promise: Promise<unknown>): void {
  try {
    Promise.prototype.then.call(promise, undefined, () => undefined);
  } catch {
    // one of a class whose constructor throws
  }
}

function noteMembers(one: object, note: (member: unknown) => void): void {
  if (ArrayBuffer.isView(one)) return;
  try {
    if (Array.isArray(one)) for (let at = 0; at < Math.min(one.length, mostMembers); at += 1) note(one[at]);
    else if (one instanceof Set) for (const member of one) note(member);
    else if (one instanceof Map) for (const entry of one) entry.forEach(note);
    else for (const member of Object.values(one)) note(member);
  } catch {
    // a getter or a proxy that throws
  }
}
