/**
 * The planner: from what was measured and who is there, where to run a batch, on how many lanes, and how large its chunks
 * should be. A lane is a place where one function runs at a time. Pure: the pilot measures, and the run carries out.
 */

import { chunkMsFor } from "../chunks/chunk-size.ts";
import type { BatchMode, Objective } from "../spec/batch-spec.ts";

/** What the work is like. */
export interface Workload {
  /** The total in units of the source; undefined if it is known at the end only. */
  readonly totalUnits: number | undefined;
  /** How long one unit takes on an average lane of the pool. */
  readonly msPerUnit: number;
  /** Which part of that time the processor is busy, from 0 to 1. */
  readonly busyRatio: number;
  /** What each chunk costs beyond its slices: its way to a worker and back. */
  readonly overheadMs: number;
  /** The size of all chunks, where the caller has given it. */
  readonly chunkUnits?: number | undefined;
}

/** A place where the batch could run. */
export interface Place {
  readonly mode: BatchMode;
  /** How many lanes there are. */
  readonly lanes: number;
  /** How long it takes until work can begin there. */
  readonly startMs: number;
  /** What each chunk costs there beyond its slices; default: what the pilot measured. */
  readonly overheadMs?: number | undefined;
  /** How fast its lanes are on average, where 1 is an average lane of the pool; default 1. */
  readonly speed?: number | undefined;
  /** How fast its slowest lane is, where 1 is its own average; above 0, at most 1, the default. */
  readonly slowest?: number | undefined;
}

/** One way to run the batch, with what it would take. */
export interface Prediction {
  readonly mode: BatchMode;
  readonly lanes: number;
  /** How long a chunk would take on an average lane. */
  readonly chunkMs: number;
  /** How long one unit would take on an average lane. */
  readonly msPerUnit: number;
  /** See {@link Place.slowest}. */
  readonly slowest: number;
  /** How many units are done in a second, once all lanes are busy. */
  readonly unitsPerSecond: number;
  /** From the start to the last value; undefined where the total is unknown. */
  readonly elapsedMs: number | undefined;
  /** How long processors would be busy, on all lanes together; undefined where the total is unknown. */
  readonly cpuMs: number | undefined;
}

/** What {@link choose} decides by. */
export interface Choices {
  readonly workload: Workload;
  readonly places: readonly Place[];
  readonly objective: Objective;
}

// How much longer than the fastest a `good` way may take.
const goodEnough = 1.1;
// Differences below this are noise: then the simpler way is taken.
const noise = 1.02;

// What is too quick to be measured.
const leastMsPerUnit = 1e-6;
// No pool has more nodes.
const mostNodes = 1_000_000;

/** The least number of nodes with which the batch is done within a time; undefined where none is enough, or the total is unknown. */
export function nodesWithin(withinMs: number, predictFor: (nodes: number) => Prediction): number | undefined {
  const isEnough = (nodes: number): boolean => elapsed(predictFor(nodes)) <= withinMs;
  let enough = 1;
  while (enough < mostNodes && !isEnough(enough)) enough *= 2;
  if (!isEnough(enough)) return undefined;
  let tooFew = Math.floor(enough / 2);
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/** The way to run it that fits the objective; undefined where there is no place to run it. */
export function choose({ workload, places, objective }: Choices): Prediction | undefined {
  const predictions = places.flatMap((place) =>
    laneCounts(place.lanes).map((lanes) => predict(workload, place, lanes)),
  );
  if (workload.totalUnits === undefined) return chooseForUnknown(predictions, objective);
  const times = predictions.map(elapsed);
  const fastest = Math.min(...times);
  switch (objective) {
    case "fast":
      return simplest(predictions.filter((one) => elapsed(one) <= fastest * noise));
    case "cheap": {
      const cheapest = Math.min(...predictions.map(cpu));
      return simplest(predictions.filter((one) => cpu(one) <= cheapest * noise));
    }
    case "good":
      return cheapestOf(predictions.filter((one) => elapsed(one) <= fastest * goodEnough));
  }
}

/** What a way to run the batch would take. */
export function predict(workload: Workload, place: Omit<Place, "lanes">, lanes: number): Prediction {
  const { totalUnits, busyRatio, chunkUnits } = workload;
  const { slowest = 1, overheadMs = workload.overheadMs } = place;
  const msPerUnit = workload.msPerUnit / (place.speed ?? 1);
  const workMs = totalUnits === undefined ? undefined : totalUnits * msPerUnit;
  const aimMs =
    chunkUnits === undefined || msPerUnit === 0
      ? Math.max(msPerUnit, chunkMsFor({ remainingMs: workMs, lanes, overheadMs, slowest }))
      : chunkUnits * msPerUnit;
  const unitsPerSecond = (1_000 * lanes * aimMs) / (Math.max(msPerUnit, leastMsPerUnit) * (aimMs + overheadMs));
  const parts = { mode: place.mode, lanes, msPerUnit, slowest, unitsPerSecond };
  if (workMs === undefined) return { ...parts, chunkMs: aimMs, elapsedMs: undefined, cpuMs: undefined };
  const chunks = aimMs === 0 ? 1 : Math.max(1, Math.ceil(workMs / aimMs));
  const chunkMs = workMs / chunks;
  const rounds = Math.ceil(chunks / lanes);
  // the slowest lane has its first chunk to do, however few there are
  const lanesMs = Math.max(rounds * (chunkMs + overheadMs), chunkMs / slowest + overheadMs);
  return { ...parts, chunkMs, elapsedMs: place.startMs + lanesMs, cpuMs: workMs * busyRatio + chunks * overheadMs };
}

/** One lane, twice as many and so on, and all of them: few enough to try them all. */
function laneCounts(lanes: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < lanes; count *= 2) counts.push(count);
  return lanes === 0 ? [] : [...counts, lanes];
}

/** Data without a known end is taken for long: in the calling process nothing would run at the same time. */
function chooseForUnknown(predictions: readonly Prediction[], objective: Objective): Prediction | undefined {
  const elsewhere = predictions.filter(({ mode }) => mode === "distributed");
  const candidates = elsewhere.length > 0 ? elsewhere : predictions;
  return objective === "cheap" ? candidates[0] : candidates.at(-1);
}

const simplicity: Readonly<Record<BatchMode, number>> = { serial: 0, local: 1, distributed: 2 };

function simplest(predictions: readonly Prediction[]): Prediction | undefined {
  return [...predictions].sort((a, b) => a.lanes - b.lanes || simplicity[a.mode] - simplicity[b.mode])[0];
}

/** Lanes are taken for as long as the run lasts, busy or not. */
function cheapestOf(predictions: readonly Prediction[]): Prediction | undefined {
  return [...predictions].sort((a, b) => a.lanes * elapsed(a) - b.lanes * elapsed(b))[0];
}

function elapsed({ elapsedMs }: Prediction): number {
  return elapsedMs ?? Number.POSITIVE_INFINITY;
}

function cpu({ cpuMs }: Prediction): number {
  return cpuMs ?? Number.POSITIVE_INFINITY;
}
