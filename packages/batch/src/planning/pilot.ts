/** The pilot: the first chunks of a batch, small ones and then larger ones, to learn what the work is like. Nothing is lost. */
import { systemClock, within } from "@callgrid/core";
import type { ChunkSupply } from "../chunks/chunk-source.ts";
import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import type { Chunk } from "../data/chunk.ts";
import { roughBytesOfAll } from "../data/size-estimate.ts";
import type { ChunkOutcome } from "../workplaces/workplace.ts";
import type { Workload } from "./planner.ts";

/** What a pilot has learnt, and done. */
export interface PilotReport {
  /** As measured, on the lane of `worker`. */
  readonly workload: Omit<Workload, "totalUnits">;
  /** Who evaluated the chunk that was measured: `pool/worker`, or `serial`; undefined where none was. */
  readonly worker: string | undefined;
  /** How large its largest chunk was. */
  readonly largestUnits: number;
  /** How large the values of a unit are. */
  readonly bytesPerUnit: number;
  readonly finished: readonly FinishedChunk[];
  /** The chunk that took too long or failed as a whole, which has gone back to the supply, and what comes of it. */
  readonly open?: OpenChunk;
}

/** A chunk that has been asked for, and its outcome, which may be still to come. */
export interface OpenChunk {
  readonly chunk: Chunk;
  readonly outcome: Promise<ChunkOutcome>;
}

/** What a pilot works with. */
export interface PilotParts {
  readonly supply: ChunkSupply;
  /** The size of all chunks, if it is given: then a few of them are enough. */
  readonly fixedUnits: number | undefined;
  readonly evaluate: (chunk: Chunk) => Promise<ChunkOutcome>;
}

const firstUnits = { slice: 1, byte: 65_536 };
const growth = 4;
// A chunk of this duration measures its units well enough. The first one also loads and compiles, and counts only if it is slow.
const enoughMs = 100;
const slowMs = 500;
// The pilot stops after this time: it knows then that slices are slow.
const patienceMs = 1_000;
const mostChunks = 12;
// What the first chunk takes beyond its slices is mostly for loading functions.
const mostFixedChunks = 3;

/** Runs it. A chunk that takes too long, or fails as a whole, goes back to the supply, with the evaluation that was begun. */
export async function runPilot({ supply, fixedUnits, evaluate }: PilotParts): Promise<PilotReport> {
  const finished: FinishedChunk[] = [];
  const overheads: number[] = [];
  let units = fixedUnits ?? firstUnits[supply.unit];
  let last = { msPerUnit: 0, busyRatio: 1, units: 0, bytesPerUnit: 0, worker: undefined as string | undefined };
  let open: OpenChunk | undefined;
  const most = fixedUnits === undefined ? mostChunks : mostFixedChunks;
  const firstMs = fixedUnits === undefined ? slowMs : enoughMs;
  for (let chunks = 0; chunks < most; chunks += 1) {
    const chunk = await supply.next(() => units);
    if (chunk === undefined) break;
    const started = performance.now();
    const evaluation = evaluate(chunk);
    const outcome = await within(systemClock, patienceMs, evaluation);
    if (outcome === undefined || "error" in outcome) {
      open = { chunk, outcome: evaluation };
      supply.giveBack(chunk);
      if (outcome === undefined) last = { ...last, msPerUnit: patienceMs / chunk.units, units: chunk.units };
      break;
    }
    finished.push(outcome);
    const { tookMs, busyRatio, worker } = outcome.result;
    if (!outcome.isCached) overheads.push(Math.max(0, performance.now() - started - tookMs));
    const bytesPerUnit = roughBytesOfAll(outcome.result.values) / chunk.units;
    last = { msPerUnit: tookMs / chunk.units, busyRatio, units: chunk.units, bytesPerUnit, worker };
    if (tookMs >= (chunks === 0 ? firstMs : enoughMs)) break;
    units = fixedUnits ?? Math.ceil(units * Math.min(growth ** 2, Math.max(growth, enoughMs / Math.max(tookMs, 1))));
  }
  const { msPerUnit, busyRatio, units: largestUnits, bytesPerUnit, worker } = last;
  const workload = { msPerUnit, busyRatio, overheadMs: median(overheads) };
  return { workload, worker, largestUnits, bytesPerUnit, finished, ...(open !== undefined && { open }) };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 1;
}
