/** Evaluates one chunk: calls the process function for each slice, deals with errors as the batch says, and reduces. */
import { setTimeout as pause } from "node:timers/promises";
import type { ErrorTree } from "@callgrid/core";
import type { CallOutcome, Calls } from "./calls.ts";
import { sliceAt, sliceCount } from "./chunk.ts";
import type { ChunkResult, ChunkWork, SliceFailure } from "./chunk-work.ts";
import type { NamedFunction } from "./named-function.ts";

/** By whom and how a chunk is evaluated. */
export interface ChunkEvaluator {
  readonly calls: Calls;
  /** See {@link ChunkResult.worker}. */
  readonly worker: string;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;

export async function evaluateChunk(work: ChunkWork, { calls, worker }: ChunkEvaluator): Promise<ChunkResult> {
  const startedMs = Date.now();
  const started = performance.now();
  const loop = performance.eventLoopUtilization();
  const slices = new ChunkSlices(work, calls);
  await slices.process();
  const { values, failures } = slices.collect();
  const reduced = await reduceValues(work.reduce, values, calls);
  return {
    ...("error" in reduced ? { values: [], reduceFailure: reduced.error } : { values: reduced.values }),
    failures,
    startedMs,
    tookMs: performance.now() - started,
    busyRatio: performance.eventLoopUtilization(loop).utilization,
    worker,
    ...(work.isTimed && { times: slices.times }),
  };
}

async function reduceValues(
  reduce: NamedFunction | undefined,
  values: readonly unknown[],
  calls: Calls,
): Promise<{ readonly values: readonly unknown[] } | { readonly error: ErrorTree }> {
  if (reduce === undefined || values.length === 0) return { values };
  const outcome = await callOnce(calls, reduce, [values]);
  return "error" in outcome ? outcome : { values: [outcome.value] };
}

/** One call. */
async function callOnce(calls: Calls, target: NamedFunction, args: readonly unknown[]): Promise<CallOutcome> {
  let outcome: CallOutcome = { value: undefined };
  await calls(target, [args], (_, arrived) => {
    outcome = arrived;
    return true;
  });
  return outcome;
}

/** The slices of a chunk with what each came to, so far. */
class ChunkSlices {
  readonly times: Array<readonly [number, number]> = [];
  readonly #work: ChunkWork;
  readonly #calls: Calls;
  readonly #outcomes: Array<CallOutcome | undefined>;
  readonly #started = performance.now();

  constructor(work: ChunkWork, calls: Calls) {
    this.#work = work;
    this.#calls = calls;
    this.#outcomes = new Array<CallOutcome | undefined>(sliceCount(work.slices)).fill(undefined);
  }

  async process(): Promise<void> {
    const { onError } = this.#work;
    await this.#evaluate(this.#outcomes.map((_, place) => place));
    if (onError.policy === "retry") await this.#retry(onError.retries);
    if (onError.policy === "call") await this.#callForFailed(onError.function);
  }

  collect(): { readonly values: unknown[]; readonly failures: SliceFailure[] } {
    const values: unknown[] = [];
    const failures: SliceFailure[] = [];
    for (const [place, outcome] of this.#outcomes.entries()) {
      if (outcome === undefined) continue;
      if ("error" in outcome) failures.push({ place, error: outcome.error });
      else values.push(outcome.value);
    }
    return { values, failures };
  }

  async #evaluate(places: readonly number[]): Promise<void> {
    const { process, slices, onError, isTimed } = this.#work;
    let lastMs = performance.now() - this.#started;
    await this.#calls(
      process,
      places.map((place) => [sliceAt(slices, place)]),
      (index, outcome) => {
        const place = places[index] ?? 0;
        this.#outcomes[place] = outcome;
        if (isTimed) {
          const nowMs = performance.now() - this.#started;
          this.times[place] = [lastMs, nowMs - lastMs];
          lastMs = nowMs;
        }
        return onError.policy !== "fail" || !("error" in outcome);
      },
    );
  }

  async #retry(retries: number): Promise<void> {
    for (let retry = 0; retry < retries; retry += 1) {
      const places = this.#failedPlaces();
      if (places.length === 0) return;
      await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** retry));
      await this.#evaluate(places);
    }
  }

  async #callForFailed(target: NamedFunction): Promise<void> {
    const places = this.#failedPlaces();
    const argumentLists = places.map((place) => [this.#errorAt(place), sliceAt(this.#work.slices, place)]);
    await this.#calls(target, argumentLists, (index, outcome) => {
      this.#outcomes[places[index] ?? 0] = outcome;
      return true;
    });
  }

  #failedPlaces(): number[] {
    return [...this.#outcomes.keys()].filter((place) => this.#errorAt(place) !== undefined);
  }

  #errorAt(place: number): ErrorTree | undefined {
    const outcome = this.#outcomes[place];
    return outcome !== undefined && "error" in outcome ? outcome.error : undefined;
  }
}
