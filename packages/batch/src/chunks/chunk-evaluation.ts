/** Evaluates one chunk: calls the process function for each slice, deals with errors as the batch says, and reduces. */
import { setTimeout as pause } from "node:timers/promises";
import { decodeErrorTree, type ErrorTree, encodeError } from "@callgrid/core";
import { describeSlices, EvaluatedSlice } from "@callgrid/worker";
import { type Slices, sliceAt, sliceCount } from "../data/chunk.ts";
import { type CallOutcome, valueIn, withError } from "./call-outcome.ts";
import type { ChunkResult, ChunkWork, SliceFailure } from "./chunk-work.ts";
import type { NamedFunction } from "./named-function.ts";
import type { Calls, TakeOutcome } from "./slice-calls.ts";

/** By whom and how a chunk is evaluated. */
export interface ChunkEvaluator {
  readonly calls: Calls;
  /** See {@link ChunkResult.worker}. */
  readonly worker: string;
  /** The slices of the chunk once more, as they came: a function may have changed those that it got. */
  readonly readSlices: () => Slices;
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;

/** Called within a request, whose context is that of each slice while its functions run. */
export async function evaluateChunk(work: ChunkWork, evaluator: ChunkEvaluator): Promise<ChunkResult> {
  const startedMs = Date.now();
  const started = performance.now();
  const loop = performance.eventLoopUtilization();
  const slices = new ChunkSlices(work, evaluator);
  describeSlices(() => slices.current);
  await slices.process();
  describeSlices(() => undefined);
  const reduced = await reduceValues(work.reduce, slices, evaluator.calls);
  return {
    ...("error" in reduced ? { values: [], reduceFailure: reduced.error } : { values: reduced.values }),
    failures: slices.failures,
    startedMs,
    // by what slices take, plans are made and chunks are cut
    tookMs: performance.now() - started - slices.lookedMs,
    busyRatio: performance.eventLoopUtilization(loop).utilization,
    worker: evaluator.worker,
    ...(work.isTimed && { times: slices.times }),
  };
}

async function reduceValues(
  reduce: NamedFunction | undefined,
  slices: ChunkSlices,
  calls: Calls,
): Promise<{ readonly values: readonly unknown[] } | { readonly error: ErrorTree }> {
  const values = slices.readValues();
  if (reduce === undefined || values.length === 0) return { values };
  const outcomes: CallOutcome[] = [];
  const take: TakeOutcome = (_, outcome) => {
    outcomes.push(withError(outcome, reduce, () => [slices.readValues()]));
    return true;
  };
  await calls(reduce, [[values]], { take });
  const failed = outcomes.find((outcome) => "error" in outcome);
  return failed ?? { values: outcomes.map(valueIn) };
}

/** The slices of a chunk with their outcomes so far. Each attempt gets slices that no earlier one can have changed. */
class ChunkSlices {
  /** How long it took to look for what is kept. */
  lookedMs = 0;
  readonly times: Array<readonly [number, number]> = [];
  readonly #work: ChunkWork;
  readonly #evaluator: ChunkEvaluator;
  readonly #outcomes: Array<CallOutcome | undefined>;
  readonly #started = performance.now();
  /** For error messages and request ids alone: no function gets these. */
  #originals: Slices | undefined;
  /** What is being called, and for which slice; undefined between calls. */
  #target: NamedFunction | undefined;
  #place = 0;
  #current: EvaluatedSlice | undefined;

  constructor(work: ChunkWork, evaluator: ChunkEvaluator) {
    this.#work = work;
    this.#evaluator = evaluator;
    this.#outcomes = new Array<CallOutcome | undefined>(sliceCount(work.slices)).fill(undefined);
  }

  async process(): Promise<void> {
    const { onError, slices } = this.#work;
    await this.#evaluate(
      slices,
      this.#outcomes.map((_, place) => place),
    );
    if (onError.policy === "retry") await this.#retry(onError.retries);
    if (onError.policy === "call") await this.#callForFailed(onError.function);
  }

  /** The slice whose function runs; made when it is first asked for, since most functions never ask. */
  get current(): EvaluatedSlice | undefined {
    const [target, place] = [this.#target, this.#place];
    if (target === undefined) return undefined;
    const readArguments = (): readonly unknown[] => this.#originalArguments(target, place);
    this.#current ??= new EvaluatedSlice(this.#work.firstSlice + place, target.name, readArguments);
    return this.#current;
  }

  /** The values so far, a copy for each reader. */
  readValues(): unknown[] {
    const values: unknown[] = [];
    for (const outcome of this.#outcomes)
      if (outcome !== undefined && !("error" in outcome)) values.push(valueIn(outcome));
    return values;
  }

  get failures(): SliceFailure[] {
    return this.#failedPlaces().map((place) => ({ place, error: this.#errorAt(place) }));
  }

  async #evaluate(slices: Slices, places: readonly number[]): Promise<void> {
    const { process, onError, isTimed } = this.#work;
    let lastMs = performance.now() - this.#started;
    const argumentLists = places.map((place) => [sliceAt(slices, place)]);
    await this.#callEach(process, { places, argumentLists }, (place) => {
      if (isTimed) {
        const nowMs = performance.now() - this.#started;
        this.times[place] = [lastMs, nowMs - lastMs];
        lastMs = nowMs;
      }
      return onError.policy !== "fail" || !("error" in (this.#outcomes[place] ?? {}));
    });
  }

  /** Calls a function for slices, and keeps their outcomes; `onOutcome` returns whether to go on. */
  async #callEach(
    target: NamedFunction,
    { places, argumentLists }: { readonly places: readonly number[]; readonly argumentLists: readonly unknown[][] },
    onOutcome: (place: number) => boolean,
  ): Promise<void> {
    const placeAt = (index: number): number => places[index] ?? 0;
    await this.#evaluator.calls(target, argumentLists, {
      begin: (index) => {
        this.#target = target;
        this.#place = placeAt(index);
        this.#current = undefined;
      },
      take: (index, outcome) => {
        const place = placeAt(index);
        this.#outcomes[place] = withError(outcome, target, () => this.#originalArguments(target, place));
        return onOutcome(place);
      },
      ...(target === this.#work.process && {
        argumentsToKeepBy: (index: number) => this.#originalArguments(target, placeAt(index)),
        looked: (ms: number) => {
          this.lookedMs += ms;
        },
      }),
    });
    this.#target = undefined;
  }

  async #retry(retries: number): Promise<void> {
    for (let retry = 0; retry < retries; retry += 1) {
      const places = this.#failedPlaces().filter((place) => isWorthRetrying(this.#errorAt(place)));
      if (places.length === 0) return;
      await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** retry));
      await this.#evaluate(this.#evaluator.readSlices(), places);
    }
  }

  async #callForFailed(target: NamedFunction): Promise<void> {
    const places = this.#failedPlaces();
    if (places.length === 0) return;
    const slices = this.#evaluator.readSlices();
    const argumentLists = places.map((place) => [copyOf(this.#errorAt(place)), sliceAt(slices, place)]);
    await this.#callEach(target, { places, argumentLists }, () => true);
  }

  /** As they came; those of the error function begin with the error. */
  #originalArguments(target: NamedFunction, place: number): readonly unknown[] {
    const slice = this.#originalAt(place);
    return target === this.#work.process ? [slice] : [this.#errorAt(place), slice];
  }

  #originalAt(place: number): unknown {
    this.#originals ??= this.#evaluator.readSlices();
    return sliceAt(this.#originals, place);
  }

  #failedPlaces(): number[] {
    return [...this.#outcomes.keys()].filter((place) => "error" in (this.#outcomes[place] ?? {}));
  }

  #errorAt(place: number): ErrorTree {
    const outcome = this.#outcomes[place];
    if (outcome === undefined || !("error" in outcome)) throw new Error(`unreachable: slice ${place} has not failed`);
    return outcome.error;
  }
}

/** What does not fit a schema does not fit it another time. */
function isWorthRetrying({ code }: ErrorTree): boolean {
  return code !== "INVALID_INPUT" && code !== "INVALID_OUTPUT";
}

function copyOf(tree: ErrorTree): ErrorTree {
  return decodeErrorTree(encodeError(tree));
}
