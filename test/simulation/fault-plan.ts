/**
 * Which faults a run has, and how bad they are: drawn from the seed. Each kind is left out of about half of the runs, since two
 * kinds together find what neither finds alone, and all of them together hide what one would show.
 */
import type { NetworkManner } from "./network.ts";
import type { Random } from "./random.ts";

export const faultKinds = [
  "delays",
  "repeats",
  "cuts",
  "halfOpen",
  "stops",
  "deaths",
  "leaving",
  "emptying",
  "stalls",
  "losses",
  "strangers",
  "backlog",
  "midway",
  "versions",
] as const;

/**
 * `halfOpen`: broken connections go unnoticed by the server for a while. `leaving`: processes leave cleanly. `stalls`: attempts to
 * connect again are accepted, and then nothing comes. `losses`: workers die of what they have just taken. `strangers`: inboxes get messages
 * of another version. `backlog`: requests wait all the time that no worker may evaluate, since each lacks a tag.
 * `midway`: operations of the statekeeper stop, and leave what they have written so far. `versions`: each worker that starts has functions of
 * versions that are drawn.
 */
export type FaultKind = (typeof faultKinds)[number];

/** What happens to the processes of one kind. */
export interface ProcessFaults {
  /** How many of them die, and after how many interactions with the world. */
  readonly deathShare: number;
  readonly mostInteractions: number;
  /** How often one is stopped and goes on later; Infinity: never. */
  readonly stopEveryMs: number;
  readonly longestStopMs: number;
  /** How often a connection breaks; for how long; and how long the server does not notice. */
  readonly cutEveryMs: number;
  readonly longestCutMs: number;
  readonly longestUnnoticedMs: number;
  /** How many of the broken connections meet attempts that stall when they are made again. */
  readonly stallShare: number;
  /** How often one leaves cleanly. */
  readonly leaveEveryMs: number;
}

export interface FaultPlan {
  readonly kinds: readonly FaultKind[];
  readonly network: NetworkManner;
  readonly workers: ProcessFaults;
  readonly clients: ProcessFaults;
  readonly distributors: ProcessFaults;
  /** When the statekeeper loses its memory, and how long it is away then. */
  readonly emptyings: ReadonlyArray<{ readonly atMs: number; readonly downMs: number }>;
  /** When a worker joins that takes so many requests, and dies running them. */
  readonly losses: ReadonlyArray<{ readonly atMs: number; readonly requests: number; readonly livesMs: number }>;
  /**
   * When so many requests are submitted that no worker may evaluate: to the pool's queue, or to their caller's at a priority, who may be a
   * client that asks for other things as well.
   */
  readonly backlog: ReadonlyArray<{
    readonly atMs: number;
    readonly requests: number;
    readonly priority: number | "pool";
    readonly isByClient: boolean;
  }>;
  /** How many operations stop midway, and after how many writes at most. */
  readonly midway: { readonly share: number; readonly mostWrites: number };
  /** How many versions of each function there are; 0: those of {@link GridManner}. */
  readonly versions: number;
  /** Faults happen up to this time. */
  readonly untilMs: number;
}

const never = Number.POSITIVE_INFINITY;

/** @param allowed - kinds that may be in the plan. */
export function drawFaultPlan(random: Random, allowed: ReadonlySet<FaultKind>): FaultPlan {
  // drawn for all kinds, so that leaving one out leaves the others as they were
  const firstKinds = faultKinds.filter((kind) => kind !== "versions" && random.chance(0.5) && allowed.has(kind));
  const has = new Set<FaultKind>(firstKinds);
  const untilMs = random.logarithmic(500, 6_000);
  const plan = {
    network: drawNetwork(random, has),
    workers: drawProcessFaults(random, has),
    clients: drawProcessFaults(random, has),
    distributors: drawProcessFaults(random, has),
    emptyings: drawEmptyings(random, has, untilMs),
    losses: drawLosses(random, has, untilMs),
    backlog: drawBacklog(random, has, untilMs),
    midway: drawMidway(random, has),
    untilMs,
  };
  // drawn last, which leaves everything else as it is without
  const hasVersions = random.chance(0.5) && allowed.has("versions");
  const kinds = hasVersions ? [...firstKinds, "versions" as const] : firstKinds;
  return { kinds, ...plan, versions: hasVersions ? random.integer(2, 3) : 0 };
}

function drawNetwork(random: Random, has: ReadonlySet<FaultKind>): NetworkManner {
  const leastMs = random.logarithmic(0.02, 0.5);
  const mostMs = leastMs * random.between(1, 4);
  const slowShare = random.logarithmic(0.01, 0.3);
  const slowestMs = random.logarithmic(5, 400);
  const repeatedShare = random.logarithmic(0.01, 0.3);
  const strangeShare = random.logarithmic(0.01, 0.3);
  return {
    leastMs,
    mostMs,
    slowShare: has.has("delays") ? slowShare : 0,
    slowestMs: Math.max(mostMs, slowestMs),
    repeatedShare: has.has("repeats") ? repeatedShare : 0,
    strangeShare: has.has("strangers") ? strangeShare : 0,
  };
}

function drawProcessFaults(random: Random, has: ReadonlySet<FaultKind>): ProcessFaults {
  const deathShare = random.pick([0, 0.3, 0.7, 1]);
  const mostInteractions = random.logarithmic(10, 1_000);
  const stopEveryMs = random.logarithmic(300, 5_000);
  const longestStopMs = random.logarithmic(50, 5_000);
  const cutEveryMs = random.logarithmic(100, 5_000);
  const longestCutMs = random.logarithmic(5, 3_000);
  const longestUnnoticedMs = random.logarithmic(1, 2_000);
  const leaveEveryMs = random.logarithmic(500, 5_000);
  const stallShare = random.pick([0, 0.1, 0.3, 1]);
  return {
    deathShare: has.has("deaths") ? deathShare : 0,
    mostInteractions,
    stopEveryMs: has.has("stops") ? stopEveryMs : never,
    longestStopMs,
    cutEveryMs: has.has("cuts") ? cutEveryMs : never,
    longestCutMs,
    longestUnnoticedMs: has.has("halfOpen") ? longestUnnoticedMs : 0,
    stallShare: has.has("stalls") ? stallShare : 0,
    leaveEveryMs: has.has("leaving") ? leaveEveryMs : never,
  };
}

function drawEmptyings(random: Random, has: ReadonlySet<FaultKind>, untilMs: number): FaultPlan["emptyings"] {
  const emptyings = Array.from({ length: random.integer(1, 3) }, () => ({
    atMs: random.between(0, untilMs),
    downMs: random.logarithmic(1, 1_000),
  }));
  return has.has("emptying") ? emptyings : [];
}

function drawLosses(random: Random, has: ReadonlySet<FaultKind>, untilMs: number): FaultPlan["losses"] {
  const losses = Array.from({ length: random.integer(1, 20) }, () => ({
    atMs: random.logarithmic(1, untilMs),
    requests: random.integer(1, 4),
    livesMs: random.logarithmic(1, 300),
  }));
  return has.has("losses") ? losses : [];
}

function drawBacklog(random: Random, has: ReadonlySet<FaultKind>, untilMs: number): FaultPlan["backlog"] {
  const backlog = Array.from({ length: random.integer(1, 6) }, () => ({
    atMs: random.logarithmic(0.1, untilMs),
    requests: random.integer(1, 12),
    priority: random.pick(["pool", "pool", 1, 0, 0, -1] as const),
    isByClient: random.chance(0.5),
  }));
  return has.has("backlog") ? backlog : [];
}

function drawMidway(random: Random, has: ReadonlySet<FaultKind>): FaultPlan["midway"] {
  const share = random.logarithmic(0.002, 0.2);
  const mostWrites = random.integer(1, 12);
  return { share: has.has("midway") ? share : 0, mostWrites };
}
