/** What led to an error: its causes and theirs, and the errors that an AggregateError holds. */
import { handlePromises, readProperty, requestTreeOf } from "@callgrid/core";

/** Of an error with more causes, the nearest are found. */
const mostCauses = 100;

/** What was thrown, then all that led to it, each once and the nearest first. What a failed request reports is in its own tree. */
export function thrownAndCauses(thrown: unknown): unknown[] {
  const all = new Set<unknown>([thrown]);
  for (const error of all) {
    if (requestTreeOf(error) !== undefined) continue;
    for (const cause of causesOf(error)) if (all.size < mostCauses) all.add(cause);
  }
  for (const error of all) handlePromises(error);
  return [...all];
}

function causesOf(error: unknown): unknown[] {
  const cause = readProperty(error, "cause");
  const errors = membersOf(readProperty(error, "errors"));
  return cause === undefined ? errors : [cause, ...errors];
}

function membersOf(list: unknown): unknown[] {
  try {
    return Array.isArray(list) ? Array.prototype.slice.call(list, 0, mostCauses) : [];
  } catch {
    return [];
  }
}
