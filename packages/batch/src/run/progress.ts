/** The progress of a run, which any number of readers can watch. */
import { setTimeout as pause } from "node:timers/promises";
import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import { sliceCount } from "../data/chunk.ts";
import type { BatchMode } from "../spec/batch-spec.ts";
import type { SliceProgress, WorkUnderWay } from "../workplaces/workplace.ts";

/** A run at one moment. @public */
export interface BatchProgress {
  /** `waiting`: for workers of a pool that has none. */
  readonly state: "planning" | "waiting" | "running" | "done" | "failed";
  /** Where it runs; undefined while it is planned. */
  readonly mode: BatchMode | undefined;
  /** What `doneUnits` and `totalUnits` count. */
  readonly unit: "slice" | "byte";
  readonly doneUnits: number;
  /** Undefined while it is not known. */
  readonly totalUnits: number | undefined;
  readonly doneSlices: number;
  readonly failedSlices: number;
  /** Of those that are done, the ones that were known before this run. */
  readonly cachedSlices: number;
  /** Chunks that are done. */
  readonly chunks: number;
  readonly elapsedMs: number;
  /** How much is done in a second, by what was done lately. */
  readonly unitsPerSecond: number;
  /** The estimated remaining time; undefined if it is not known. */
  readonly leftMs: number | undefined;
  /** How many requests each worker is at, by `pool/worker`; empty in serial runs. */
  readonly inFlight: Readonly<Record<string, number>>;
  /** The slices whose function reports how far it is (`context().progress`), the oldest first. */
  readonly slices: readonly SliceProgress[];
}

// Over how much of the past the rate is taken.
const rateWindowMs = 10_000;

/** Keeps count of a run. */
export class ProgressCounter {
  readonly #unit: "slice" | "byte";
  readonly #started = performance.now();
  #isOver = false;
  /** Aborted when the state changes, which those who watch see at once. */
  #stay = new AbortController();
  #state: BatchProgress["state"] = "planning";
  #mode: BatchMode | undefined;
  #totalUnits: number | undefined;
  #doneUnits = 0;
  #doneSlices = 0;
  #failedSlices = 0;
  #cachedSlices = 0;
  #chunks = 0;
  /** The count at moments of the recent past, the oldest first. */
  #marks: Array<{ readonly atMs: number; readonly units: number }> = [];
  #endedMs: number | undefined;

  constructor(unit: "slice" | "byte") {
    this.#unit = unit;
  }

  wait(): void {
    this.#enter("waiting");
  }

  begin(mode: BatchMode): void {
    this.#mode = mode;
    this.#enter("running");
  }

  note({ chunk, result, isCached }: FinishedChunk, totalUnits: number | undefined): void {
    const slices = sliceCount(chunk.slices);
    this.#totalUnits = totalUnits;
    this.#doneUnits += chunk.units;
    this.#doneSlices += slices;
    this.#failedSlices += result.failures.length;
    this.#cachedSlices += isCached ? slices : 0;
    this.#chunks += 1;
    const atMs = this.#elapsedMs();
    this.#marks.push({ atMs, units: this.#doneUnits });
    while ((this.#marks[0]?.atMs ?? atMs) < atMs - rateWindowMs) this.#marks.shift();
  }

  end(state: "done" | "failed"): void {
    this.#endedMs ??= this.#elapsedMs();
    this.#isOver = true;
    this.#enter(state);
  }

  get now(): Omit<BatchProgress, keyof WorkUnderWay> {
    const perSecond = this.#unitsPerSecond();
    const left = this.#totalUnits === undefined ? undefined : this.#totalUnits - this.#doneUnits;
    return {
      state: this.#state,
      mode: this.#mode,
      unit: this.#unit,
      doneUnits: this.#doneUnits,
      totalUnits: this.#totalUnits,
      doneSlices: this.#doneSlices,
      failedSlices: this.#failedSlices,
      cachedSlices: this.#cachedSlices,
      chunks: this.#chunks,
      elapsedMs: this.#elapsedMs(),
      unitsPerSecond: perSecond,
      leftMs: left === undefined || perSecond === 0 ? undefined : (left / perSecond) * 1_000,
    };
  }

  /** The run now, then every so often and when its state changes, and once more at its end. */
  async *watch(everyMs: number, look: () => Promise<WorkUnderWay>): AsyncGenerator<BatchProgress, undefined> {
    while (!this.#isOver) {
      const { signal } = this.#stay;
      yield { ...this.now, ...(await look()) };
      await pause(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
    yield { ...this.now, inFlight: {}, slices: [] };
  }

  #enter(state: BatchProgress["state"]): void {
    this.#state = state;
    this.#stay.abort();
    this.#stay = new AbortController();
  }

  #elapsedMs(): number {
    return this.#endedMs ?? performance.now() - this.#started;
  }

  #unitsPerSecond(): number {
    const from = (this.#marks.length > 1 ? this.#marks[0] : undefined) ?? { atMs: 0, units: 0 };
    const passedMs = this.#elapsedMs() - from.atMs;
    return passedMs <= 0 ? 0 : ((this.#doneUnits - from.units) / passedMs) * 1_000;
  }
}
