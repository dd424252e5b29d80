/** Chunks on a pool: keeps a window of them open, and takes what they come to. */
import type { Grid, WindowOptions } from "@callgrid/client";
import { encodeRequest, type Outcome, type RequestError, requestId } from "@callgrid/core";
import type { Chunk } from "./chunk.ts";
import type { ChunkSupply } from "./chunk-supply.ts";
import type { ChunkResult, ChunkWork, SliceWork } from "./chunk-work.ts";
import type { FinishedChunk } from "./finished-chunk.ts";
import { chunk as chunkFunction } from "./worker-functions.ts";

/** What {@link PoolChunks} works with. */
export interface PoolChunksParts {
  readonly grid: Grid;
  readonly pool: string;
  readonly work: SliceWork;
  /** How chunks are asked for. */
  readonly asking: Pick<WindowOptions, "cache" | "priority" | "signal">;
  /** Since when this run is under way: what was evaluated before is cached. */
  readonly startedMs: number;
}

/** How {@link PoolChunks.run} goes. */
export interface ChunkFlow {
  readonly supply: ChunkSupply;
  /** How many chunks are open at once. */
  readonly window: number;
  /** Units of the next chunk. */
  readonly nextUnits: () => number;
  /** Whether another chunk may be cut: held back where finished ones pile up behind one that is slow. */
  readonly mayCut: () => boolean;
}

/** What a chunk came to, or why it came to nothing. */
export type ChunkOutcome = FinishedChunk | { readonly chunk: Chunk; readonly error: RequestError };

type ChunkRequest = readonly [typeof chunkFunction, ChunkWork];

export class PoolChunks {
  readonly #parts: PoolChunksParts;
  readonly #open = new Map<number, Chunk>();
  #wake: (() => void) | undefined;
  /** Whether whoever took the outcomes has stopped doing so. */
  #isLeft = false;

  constructor(parts: PoolChunksParts) {
    this.#parts = parts;
  }

  /** How many chunks are open. */
  get openCount(): number {
    return this.#open.size;
  }

  /** One chunk by itself. */
  async evaluate(chunk: Chunk): Promise<ChunkOutcome> {
    const { grid, pool, asking } = this.#parts;
    const request = this.#requestOf(chunk);
    for await (const { outcome } of grid.stream(pool, [request], asking)) return this.#finish(chunk, outcome);
    throw new Error("unreachable: a stream of one request yields one outcome");
  }

  /** All chunks that the supply has, and those that are given back to it meanwhile. */
  async *run(flow: ChunkFlow): AsyncGenerator<ChunkOutcome, undefined> {
    const { grid, pool, asking } = this.#parts;
    const outcomes = grid.stream(pool, this.#requests(flow), { ...asking, window: flow.window });
    for await (const { index, outcome } of outcomes) {
      const chunk = this.#open.get(index);
      if (chunk === undefined) continue;
      let isLeft = true;
      try {
        // whoever takes it may give it back to the supply, which has to happen before the supply counts as empty
        yield this.#finish(chunk, outcome);
        isLeft = false;
      } finally {
        this.#open.delete(index);
        this.#isLeft = isLeft;
        this.#wake?.();
      }
    }
  }

  async *#requests(flow: ChunkFlow): AsyncGenerator<ChunkRequest, undefined> {
    for (let index = 0; ; index += 1) {
      const chunk = await this.#next(flow);
      if (chunk === undefined) return;
      this.#open.set(index, chunk);
      yield this.#requestOf(chunk);
    }
  }

  async #next({ supply, nextUnits, mayCut }: ChunkFlow): Promise<Chunk | undefined> {
    while (!this.#isLeft) {
      const chunk = mayCut() || supply.hasAgain ? await supply.next(nextUnits) : undefined;
      if (chunk !== undefined) return chunk;
      if (this.#open.size === 0 && supply.isEmpty) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return undefined;
  }

  #requestOf(chunk: Chunk): ChunkRequest {
    return [chunkFunction, { ...this.#parts.work, slices: chunk.slices }];
  }

  #finish(chunk: Chunk, outcome: Outcome<ChunkResult>): ChunkOutcome {
    if ("error" in outcome) return { chunk, error: outcome.error };
    const { startedMs } = this.#parts;
    const result = outcome.value;
    const id = requestId(encodeRequest(this.#requestOf(chunk)).canonical);
    return { chunk, result, requestId: id, isCached: result.startedMs < startedMs, finishedMs: Date.now() };
  }
}
