/** Replies of scripts as Redis sends them: lists, often of pairs. */
import { GridError } from "@callgrid/core";

export type Reply = ReadonlyArray<unknown>;

/** A reply that must be a list. */
export function list(reply: unknown): Reply {
  if (Array.isArray(reply)) return reply;
  throw new GridError("STATEKEEPER_REFUSED", `a script replied ${JSON.stringify(reply)} where a list was due`);
}

/** A list of names and values. */
export function pairs(flat: Reply): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) map.set(String(flat[i]), String(flat[i + 1]));
  return map;
}

export function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}
