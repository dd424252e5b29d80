/** Of which requests something is noted: scripts look into claims only where that is so. */
import type { PoolRecords } from "@callgrid/statekeeper";

/** Of each pool, the ids of which something was noted; forgotten ones are removed at the next look. */
const notedSeen = new WeakMap<PoolRecords, Set<string>>();

export function notedIn(records: PoolRecords): Set<string> {
  const noted = notedSeen.get(records) ?? new Set<string>();
  notedSeen.set(records, noted);
  return noted;
}

/** Whether there are notes of any request. */
export function hasNotes(records: PoolRecords): boolean {
  const noted = notedIn(records);
  for (const id of noted) {
    const { suspended, progress } = records.requests.get(id) ?? {};
    if (suspended !== undefined || progress !== undefined) return true;
    noted.delete(id);
  }
  return false;
}
