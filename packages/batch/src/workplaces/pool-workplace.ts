/** A pool as the place where a batch runs: each chunk is a request. */
import type { Grid, WindowOptions } from "@callgrid/client";
import { encodeRequest, isGridError, RequestError, requestId, shownRequest } from "@callgrid/core";
import type { ChunkResult, ChunkWork, SliceWork } from "../chunks/chunk-work.ts";
import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import type { NamedFunction } from "../chunks/named-function.ts";
import { chunk as chunkFunction } from "../chunks/worker-functions.ts";
import { type Chunk, sliceAt, sliceCount } from "../data/chunk.ts";
import type { ChunkOutcome, Workplace } from "./workplace.ts";

/** What a {@link PoolWorkplace} works with. */
export interface PoolWorkplaceParts {
  readonly grid: Grid;
  readonly pool: string;
  readonly work: SliceWork;
  readonly isShared: boolean;
  /** How everything is asked for. */
  readonly asking: Pick<WindowOptions, "cache" | "priority" | "signal">;
}

type ChunkRequest = readonly [typeof chunkFunction, ChunkWork];

/** Why a chunk cannot be sent: what is in it, or how much. */
const unsendable: ReadonlySet<string> = new Set(["INVALID_VALUE", "PAYLOAD_TOO_LARGE"]);

export class PoolWorkplace implements Workplace {
  readonly isShared: boolean;
  readonly #parts: PoolWorkplaceParts;
  /** Chunks that were asked for before: if their values are known by now, that is because of this run. */
  readonly #asked = new WeakSet<Chunk>();

  constructor(parts: PoolWorkplaceParts) {
    this.#parts = parts;
    this.isShared = parts.isShared;
  }

  async evaluate(chunk: Chunk): Promise<ChunkOutcome> {
    const { grid, pool, work, asking } = this.#parts;
    const request: ChunkRequest = [chunkFunction, { ...work, slices: chunk.slices }];
    const wasAsked = this.#asked.has(chunk);
    this.#asked.add(chunk);
    try {
      for await (const { outcome, isKept = false } of grid.stream(pool, [request], asking)) {
        if ("error" in outcome) return { chunk, error: this.#errorOf(chunk, outcome.error) };
        return finished(chunk, outcome.value, { request, isCached: isKept && !wasAsked });
      }
    } catch (error) {
      if (!isGridError(error) || !unsendable.has(error.code)) throw error;
      const { code, message: msg, details } = error;
      return { chunk, error: new RequestError({ msg, code, details, req: `["${work.process.name}"]` }) };
    }
    throw new Error("unreachable: a stream of one request yields one outcome");
  }

  /** A chunk of one slice fails as the call of its function: what a user knows is that, and not the chunk. */
  #errorOf({ slices }: Chunk, error: RequestError): RequestError {
    if (sliceCount(slices) !== 1) return error;
    const call = [this.#parts.work.process.name, sliceAt(slices, 0)] as const;
    return new RequestError({
      ...error.tree,
      req: shownRequest(encodeRequest(call, Number.POSITIVE_INFINITY).payload),
    });
  }

  call(target: NamedFunction, args: readonly unknown[]): Promise<unknown> {
    const { grid, pool, asking } = this.#parts;
    return grid.enqueue(pool, [target.name, ...args], asking);
  }

  async running(): Promise<Readonly<Record<string, number>>> {
    const { grid, pool } = this.#parts;
    const { members } = await grid.status(pool).catch(() => ({ members: [] }));
    const running = members.filter((member) => member.kind === "worker" && member.running > 0);
    return Object.fromEntries(running.map((member) => [`${pool}/${member.id}`, member.running]));
  }
}

function finished(
  chunk: Chunk,
  result: ChunkResult,
  { request, isCached }: { readonly request: ChunkRequest; readonly isCached: boolean },
): FinishedChunk {
  return {
    ...{ chunk, result, isCached, finishedMs: Date.now() },
    // hashed on first use: most runs never ask for it
    get requestId() {
      return requestId(encodeRequest(request).canonical);
    },
  };
}
