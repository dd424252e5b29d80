/** What it costs to line up in queues, to draw from them, and to serve volunteers. (scripts/lib: callers, draw, match) */
import type { PoolRecords } from "@callgrid/statekeeper";
import type { Counts } from "./counts.ts";
import type { Tally } from "./tally.ts";

const volunteersPerRound = 16;

/** Looks who is in line, and returns what enters the cost of pushing something for a caller. */
export function lineUp(records: PoolRecords, priority: number, process: string): (tally: Tally) => void {
  const { turns, queues } = records.callers.at(priority);
  const [first] = turns.first(1);
  const isEmpty = (queues.get(process)?.length ?? 0) === 0;
  return (tally) => {
    tally.touch("caller");
    if (!isEmpty) return;
    tally.touch("callers", first?.name === process ? 1 : 2);
    if (first === undefined) tally.touch("priorities", 2);
  };
}

/** Asks which shared queues there are. */
export function enterSharedQueues(records: PoolRecords, tally: Tally): Iterable<{ readonly length: number }> {
  tally.touch("priorities");
  tally.touch("callers", records.callers.priorities.size);
  return records.sharedQueues();
}

/** Records of requests, and their claims. */
export function enterRecords(tally: Tally): void {
  tally.touch("requests");
  tally.touch("claims");
}

/** Looks at ids batch by batch, without a budget at as many as there are, and takes off the queue what is claimed. */
export function enterPops(
  tally: Tally,
  kind: "queue-of-pool" | "queue:" | "caller",
  { met, claimed, isBudgeted }: { readonly met: number; readonly claimed: number; readonly isBudgeted: boolean },
): void {
  if (met <= 0) {
    tally.touch(kind);
    return;
  }
  const stale = met - claimed;
  const pops = isBudgeted ? Math.ceil(Math.log2(stale + 2)) : 1;
  tally.touch(kind, pops + 1);
  tally.touch("requests", pops);
  tally.touch("claims", pops);
}

/** Draws from the pool's queue, and by turns from callers' if it has nothing. */
export function enterShared(drawn: {
  readonly records: PoolRecords;
  readonly tally: Tally;
  readonly before: Counts;
  readonly claimed: number;
}): void {
  const { records, tally, before, claimed } = drawn;
  const fromCallers = before.callersWaiting - records.callers.length;
  const fromQueue = before.waiting - records.waiting - fromCallers;
  const claimedFromQueue = Math.min(claimed, Math.max(0, fromQueue));
  enterPops(tally, "queue-of-pool", { met: fromQueue, claimed: claimedFromQueue, isBudgeted: true });
  if (claimedFromQueue > 0 && fromCallers === 0) return;
  tally.touch("priorities");
  if (before.callersWaiting === 0) return;
  tally.touch("callers", 2);
  enterPops(tally, "caller", { met: fromCallers, claimed: claimed - claimedFromQueue, isBudgeted: true });
}

export function enterLongest(search: {
  readonly records: PoolRecords;
  readonly tally: Tally;
  readonly sample: number;
  readonly hoisted: number;
  readonly isBudgeted: boolean;
}): void {
  const { records, tally, sample, hoisted, isBudgeted } = search;
  tally.touch("members");
  tally.touch("queue:", Math.min(sample, records.members.size - 1));
  if (hoisted > 0) enterPops(tally, "queue:", { met: hoisted, claimed: hoisted, isBudgeted });
}

/** Notes claims as running. */
export function enterOwn(tally: Tally, claimed: number): void {
  if (claimed === 0) return;
  tally.keyless();
  tally.touch("running");
  tally.touch("claims");
}

export function enterMatch(matching: {
  readonly records: PoolRecords;
  readonly tally: Tally;
  readonly before: Counts;
  /** How many there were before. */
  readonly volunteers: number;
  readonly sample: number;
  /** Whether a member's own queue is known to be filled. */
  readonly hasFirst?: boolean;
}): void {
  const { records, tally, before, volunteers, sample, hasFirst = false } = matching;
  enterVolunteers(tally, volunteers);
  if (volunteers === 0) return;
  tally.touch("epoch");
  const isWaiting = before.waiting + before.since("released") + before.since("reclaimed") > 0;
  const moved = before.since("moved");
  const hoisted = Math.min(moved, before.since("hoisted"));
  const served = Math.max(0, volunteers - records.volunteers.size);
  for (let one = 0; one < served; one += 1) {
    tally.touch("queue:");
    if (isWaiting && one < hoisted) tally.touch("queue-of-pool");
    if (one < hoisted) enterHoisted({ records, tally, sample, hasFirst });
    else if (isWaiting) enterPops(tally, "queue-of-pool", { met: 1, claimed: 1, isBudgeted: false });
    tally.touch("volunteers");
    tally.touch("running");
    tally.touch("claims");
    tally.touch("leases");
    tally.touch("inbox");
  }
  if (moved > 0) {
    tally.keyless();
    tally.touch("costs");
    tally.touch("leases");
  }
  const idle = Math.min(volunteersPerRound, records.volunteers.size);
  if (idle > 0 && moved === 0) {
    enterShared({ records, tally, before, claimed: 0 });
    enterLongest({ records, tally, sample, hoisted: 0, isBudgeted: false });
    tally.touch("queue:", idle);
  }
}

/** Some volunteers, and in which order they are served if that makes a difference. */
export function enterVolunteers(tally: Tally, volunteers: number): void {
  tally.touch("volunteers");
  if (volunteers > 1) tally.touch("preferences");
}

/** A volunteer gets something from the own queue of another member. */
function enterHoisted(search: {
  readonly records: PoolRecords;
  readonly tally: Tally;
  readonly sample: number;
  readonly hasFirst: boolean;
}): void {
  const { records, tally, sample, hasFirst } = search;
  if (hasFirst) enterPops(tally, "queue:", { met: 1, claimed: 1, isBudgeted: false });
  else enterLongest({ records, tally, sample, hoisted: 1, isBudgeted: false });
}
