/** The calls that a client of a simulation makes: drawn from the seed, as plain data. */
import type { CacheMode } from "@callgrid/statekeeper";
import type { CallGraph } from "./call-graph.ts";
import type { Random } from "./random.ts";

export interface PlannedCall {
  readonly manner: "enqueue" | "enqueueAll" | "stream" | "forget";
  /** The worker to which it is addressed, be there one of this id or not; absent: any. */
  readonly worker: string | undefined;
  /** The nodes asked for; one for `enqueue`, and for `forget`, which forgets its result or those of its function. */
  readonly nodes: readonly number[];
  /** When, from the client's start on. */
  readonly atMs: number;
  readonly cache: CacheMode | undefined;
  readonly window: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly abortAfterMs: number | undefined;
  /** A stream that is left after so many outcomes. */
  readonly leaveAfter: number | undefined;
}

export interface CallManner {
  /** Over how long the calls are spread. */
  readonly spanMs: number;
  /** Whether any call has a limit of time or is aborted. */
  readonly hasImpatient: boolean;
}

export function drawCalls(random: Random, graph: CallGraph, manner: CallManner): PlannedCall[] {
  const count = Math.round(random.logarithmic(1, 8));
  return Array.from({ length: count }, () => drawCall(random, graph, manner));
}

function drawCall(random: Random, graph: CallGraph, { spanMs, hasImpatient }: CallManner): PlannedCall {
  const manner = random.pick([
    "enqueue",
    "enqueue",
    "enqueue",
    "enqueueAll",
    "enqueueAll",
    "stream",
    "stream",
    "forget",
  ] as const);
  const count = manner === "enqueue" || manner === "forget" ? 1 : random.integer(1, 5);
  const impatience = random.pick(["none", "none", "none", "timeout", "abort", "both"] as const);
  const timeoutMs = Math.ceil(random.logarithmic(1, 3_000));
  const abortAfterMs = random.logarithmic(0.1, 3_000);
  const leaveAfter = random.integer(0, count);
  return {
    manner,
    worker: random.chance(0.1) ? `worker${random.integer(1, 12)}` : undefined,
    nodes: Array.from({ length: count }, () => drawRoot(random, graph)),
    atMs: random.between(0, spanMs),
    cache: random.pick([undefined, undefined, undefined, "use", "refresh", "bypass"]),
    window: random.chance(0.3) ? random.integer(1, 4) : undefined,
    timeoutMs: hasImpatient && (impatience === "timeout" || impatience === "both") ? timeoutMs : undefined,
    abortAfterMs: hasImpatient && (impatience === "abort" || impatience === "both") ? abortAfterMs : undefined,
    leaveAfter: manner === "stream" && random.chance(0.2) ? leaveAfter : undefined,
  };
}

/** Mostly one of the last nodes, which have the most below them. */
function drawRoot(random: Random, graph: CallGraph): number {
  const last = graph.nodes.length - 1;
  return random.chance(0.7) ? random.integer(Math.max(0, last - 3), last) : random.integer(0, last);
}
