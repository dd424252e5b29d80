/** Which fault comes next, for how long, and how soon: drawn from the seed, so that a run can be made again. */
import type { Chance } from "./chance.ts";

/** What can be done to a grid from outside of its Redis. */
export const faultKinds = [
  "kill worker",
  "stop worker",
  "cut clients",
  "cut workers",
  "silence clients",
  "silence workers",
  "stall clients",
  "stall workers",
  "reset clients",
  "reset workers",
  "delay clients",
  "delay workers",
] as const;

/** One of {@link faultKinds}. */
export type FaultKind = (typeof faultKinds)[number];

/** A fault to come. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** How long before it begins, after the one before has begun. */
  readonly afterMs: number;
  /** How long it lasts; 0 for what is over at once. */
  readonly lastsMs: number;
  /** For a delay: how much later everything arrives. */
  readonly delayMs: number;
  /** For a stall: after how many replies a new link goes silent. None stalls the first reply, the next ones what follows it. */
  readonly replies: number;
}

const longestPauseMs = 2_000;
const longestDelayMs = 200;
/** By then a link is ready, and takes its first commands. */
const mostReplies = 2;

/** An endless series of faults: in each round every kind once; the longest last three times as long as the leases. */
export function* plannedFaults(chance: Chance, leaseMs: number): Generator<PlannedFault, never> {
  for (;;) for (const kind of chance.shuffle(faultKinds)) yield planFault(kind, chance, leaseMs);
}

function planFault(kind: FaultKind, chance: Chance, leaseMs: number): PlannedFault {
  const isMomentary = kind === "kill worker" || kind.startsWith("reset");
  return {
    kind,
    afterMs: chance.integer(0, longestPauseMs),
    lastsMs: isMomentary ? 0 : chance.integer(1, 3 * leaseMs),
    delayMs: chance.integer(1, longestDelayMs),
    replies: chance.integer(0, mostReplies),
  };
}
