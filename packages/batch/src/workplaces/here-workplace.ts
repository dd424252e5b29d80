import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeRequest, decodeValue, encodeRequest, encodeValue, RequestError } from "@callgrid/core";
import { type CallOutcome, valueIn, withError } from "../chunks/call-outcome.ts";
import { evaluateChunk } from "../chunks/chunk-evaluation.ts";
import type { ChunkResult, ChunkWork, SliceWork } from "../chunks/chunk-work.ts";
import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import type { NamedFunction } from "../chunks/named-function.ts";
import { serialCalls } from "../chunks/slice-calls.ts";
import type { Chunk } from "../data/chunk.ts";
import type { Workplace } from "./workplace.ts";

/** What results of this thread name as their worker. */
export const serialWorker = "serial";

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

  constructor(work: SliceWork, signal: AbortSignal) {
    this.#work = work;
    this.#signal = signal;
  }

  async evaluate(chunk: Chunk): Promise<FinishedChunk> {
    await this.#takeTurn();
    const { payload } = encodeRequest(["callgrid.chunk", { ...this.#work, slices: chunk.slices }], limitBytes);
    const read = (): ChunkWork => decodeRequest(payload)[1] as ChunkWork;
    const calls = serialCalls(this.#signal);
    const evaluator = { calls, worker: serialWorker, readSlices: () => read().slices };
    const result = await evaluateChunk(read(), evaluator);
    const arrived = decodeValue(encodeValue(result, "result", limitBytes)) as ChunkResult;
    return { chunk, result: arrived, requestId: "", isCached: false, finishedMs: Date.now() };
  }

  async call(target: NamedFunction, args: readonly unknown[]): Promise<unknown> {
    await this.#takeTurn();
    const { payload } = encodeRequest([target.name, ...args], limitBytes);
    const read = (): unknown[] => decodeRequest(payload).slice(1);
    const outcomes: CallOutcome[] = [];
    await serialCalls(this.#signal)(target, [read()], (_, outcome) => {
      outcomes.push(withError(outcome, target, read));
      return true;
    });
    for (const outcome of outcomes) if ("error" in outcome) throw new RequestError(outcome.error);
    return outcomes.map(valueIn)[0];
  }

  async running(): Promise<Readonly<Record<string, number>>> {
    return {};
  }

  /** Whatever else this thread has to do, such as handling Ctrl-C, comes first. */
  async #takeTurn(): Promise<void> {
    await nextTurn();
    this.#signal.throwIfAborted();
  }
}
