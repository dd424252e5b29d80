import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeRequest, decodeValue, encodeRequest, encodeValue, type Logger, RequestError } from "@callgrid/core";
import { defaultLog, type FunctionProgress, type LonePlace, runAlone } from "@callgrid/worker";
import { type CallOutcome, valueIn, withError } from "../chunks/call-outcome.ts";
import { evaluateChunk } from "../chunks/chunk-evaluation.ts";
import type { ChunkResult, ChunkWork, SliceWork } from "../chunks/chunk-work.ts";
import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import type { NamedFunction } from "../chunks/named-function.ts";
import { serialCalls, type TakeOutcome } from "../chunks/slice-calls.ts";
import { type Chunk, travelling } from "../data/chunk.ts";
import { unsendableChunk } from "./unsendable-chunk.ts";
import type { ChunkOutcome, SliceProgress, Workplace, WorkUnderWay } from "./workplace.ts";

/** What results of this thread name as their worker. */
export const serialWorker = "serial";

/** What a {@link HereWorkplace} works with. */
export interface HereParts {
  /** What functions see as their pool. */
  readonly pool: string;
  readonly signal: AbortSignal;
  /** Where functions log to; default: that of workers. */
  readonly log?: Logger | undefined;
}

// Nothing is sent anywhere.
const limitBytes = Number.POSITIVE_INFINITY;

/**
 * The calling thread as the place where a batch runs, only for functions that are defined in this process. Chunks are encoded and decoded
 * as if they travelled, so that functions see the same slices and callers the same values wherever a batch runs.
 */
export class HereWorkplace implements Workplace {
  readonly isShared = false;
  readonly #work: SliceWork;
  readonly #signal: AbortSignal;
  readonly #place: LonePlace;
  #progress: SliceProgress | undefined;

  constructor(work: SliceWork, { pool, signal, log = defaultLog() }: HereParts) {
    this.#work = work;
    this.#signal = signal;
    this.#place = {
      ...{ pool, signal, log, worker: serialWorker },
      noteProgress: (_, progress) => this.#noteProgress(progress),
    };
  }

  async evaluate(chunk: Chunk): Promise<ChunkOutcome> {
    await this.#takeTurn();
    try {
      const { payload } = encodeRequest(["callgrid.chunk", { ...this.#work, ...travelling(chunk) }], limitBytes);
      return await this.#carryOut(chunk, payload);
    } catch (error) {
      return unsendableChunk(error, chunk, this.#work);
    }
  }

  async #carryOut(chunk: Chunk, payload: string): Promise<FinishedChunk> {
    const read = (): ChunkWork => decodeRequest(payload)[1] as ChunkWork;
    const calls = serialCalls(this.#signal);
    const evaluator = { calls, worker: serialWorker, readSlices: () => read().slices };
    const result = await runAlone("callgrid.chunk", this.#place, () => evaluateChunk(read(), evaluator));
    this.#progress = undefined;
    const arrived = decodeValue(encodeValue(result, "result", limitBytes)) as ChunkResult;
    return { chunk, result: arrived, requestId: "", isCached: false, finishedMs: Date.now() };
  }

  async call(target: NamedFunction, args: readonly unknown[]): Promise<unknown> {
    await this.#takeTurn();
    const { payload } = encodeRequest([target.name, ...args], limitBytes);
    const read = (): unknown[] => decodeRequest(payload).slice(1);
    const outcomes: CallOutcome[] = [];
    const take: TakeOutcome = (_, outcome) => {
      outcomes.push(withError(outcome, target, read));
      return true;
    };
    await runAlone(target.name, this.#place, () => serialCalls(this.#signal)(target, [read()], { take }));
    for (const outcome of outcomes) if ("error" in outcome) throw new RequestError(outcome.error);
    return outcomes.map(valueIn)[0];
  }

  async look(): Promise<WorkUnderWay> {
    return { inFlight: {}, slices: this.#progress === undefined ? [] : [this.#progress] };
  }

  #noteProgress({ done, total, slice }: FunctionProgress): void {
    if (slice === undefined) return;
    const { index, forMs } = slice;
    this.#progress = { index, done, total, forMs, worker: serialWorker };
  }

  /** Whatever else this thread has to do, such as handling Ctrl-C, comes first. */
  async #takeTurn(): Promise<void> {
    await nextTurn();
    this.#signal.throwIfAborted();
  }
}
