/** A pool as the place where a batch runs: each chunk is a request. */
import type { Grid, WindowOptions } from "@callgrid/client";
import { encodeRequest, idOfRequest, RequestError, shownRequest } from "@callgrid/core";
import type { RunningProgress } from "@callgrid/statekeeper";
import type { ChunkWork, SliceWork } from "../chunks/chunk-work.ts";
import type { NamedFunction } from "../chunks/named-function.ts";
import { chunk as chunkFunction } from "../chunks/worker-functions.ts";
import { type Chunk, sliceAt, sliceCount, travelling } from "../data/chunk.ts";
import { unsendableChunk } from "./unsendable-chunk.ts";
import type { ChunkOutcome, SliceProgress, Workplace, WorkUnderWay } from "./workplace.ts";

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

export class PoolWorkplace implements Workplace {
  readonly isShared: boolean;
  readonly #parts: PoolWorkplaceParts;
  /** The requests under way, and their ids once they are looked for. */
  readonly #open = new Map<ChunkRequest, string | undefined>();

  constructor(parts: PoolWorkplaceParts) {
    this.#parts = parts;
    this.isShared = parts.isShared;
  }

  async evaluate(chunk: Chunk): Promise<ChunkOutcome> {
    const { grid, pool, work } = this.#parts;
    const request: ChunkRequest = [chunkFunction, { ...work, ...travelling(chunk) }];
    this.#open.set(request, undefined);
    try {
      for await (const { outcome, requestId, isKept = false } of grid.stream(pool, [request], this.#askingFor(chunk))) {
        if ("error" in outcome) return { chunk, error: this.#errorOf(chunk, outcome.error) };
        return { chunk, result: outcome.value, requestId, isCached: isKept, finishedMs: Date.now() };
      }
    } catch (error) {
      return unsendableChunk(error, chunk, work);
    } finally {
      this.#open.delete(request);
    }
    throw new Error("unreachable: a stream of one request yields one outcome");
  }

  #askingFor({ isInGrid }: Chunk): PoolWorkplaceParts["asking"] {
    const { asking } = this.#parts;
    return isInGrid === true && asking.cache === "refresh" ? { ...asking, cache: "use" } : asking;
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

  async look(): Promise<WorkUnderWay> {
    const { grid, pool } = this.#parts;
    const { members, progress = [] } = await grid.status(pool).catch(() => ({ members: [], progress: [] }));
    const running = members.filter((member) => member.kind === "worker" && member.running > 0);
    return {
      inFlight: Object.fromEntries(running.map((member) => [`${pool}/${member.id}`, member.running])),
      slices: this.#slicesIn(progress),
    };
  }

  /** Of the chunks of this run. */
  #slicesIn(progress: readonly RunningProgress[]): SliceProgress[] {
    if (progress.length === 0) return [];
    const ids = new Set([...this.#open].map(([request, id]) => id ?? this.#noteId(request)));
    const slices = progress.flatMap(({ id, worker, done, total, slice }) =>
      slice === undefined || !ids.has(id)
        ? []
        : [{ ...{ done, total, worker: `${this.#parts.pool}/${worker}` }, ...slice }],
    );
    return slices.toSorted((one, other) => other.forMs - one.forMs);
  }

  #noteId(request: ChunkRequest): string {
    const id = idOfRequest(request);
    this.#open.set(request, id);
    return id;
  }
}
