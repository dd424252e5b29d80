import type { Grid } from "@callgrid/client";
import type { RequestError } from "@callgrid/core";
import { ChunkSizer } from "../chunks/chunk-size.ts";
import type { ChunkSupply } from "../chunks/chunk-source.ts";
import { chunkFailed, remedyFor } from "../chunks/failed-chunk.ts";
import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import { type Chunk, sliceAt, sliceCount } from "../data/chunk.ts";
import { roughBytesOfAll } from "../data/size-estimate.ts";
import type { Workload } from "../planning/planner.ts";
import type { CheckedSpec } from "../spec/batch-spec.ts";
import type { ChunkOutcome } from "../workplaces/workplace.ts";
import { ChunkRun } from "./chunk-run.ts";
import { type LanesNow, PoolFollower } from "./pool-follower.ts";
import type { Placed } from "./preparation.ts";

/** What a {@link PlanExecution} works with. */
export interface PlanExecutionParts {
  readonly grid: Grid;
  readonly spec: CheckedSpec;
  readonly supply: ChunkSupply;
  /** Whether another chunk may be cut, see `ChunkFlow`. */
  readonly mayCut: () => boolean;
}

/**
 * Carries a plan out, from the first chunk after the pilot on: cuts chunks of the size that fits, has them evaluated at the plan's place,
 * and follows the pool there. A chunk that fails is halved, replaced or left out by the policy of the batch.
 */
export class PlanExecution {
  readonly #parts: PlanExecutionParts;
  readonly #placed: Placed;
  readonly #sizer: ChunkSizer;
  readonly #run: ChunkRun;
  #window: number;

  constructor(parts: PlanExecutionParts, placed: Placed) {
    const { supply, mayCut } = parts;
    this.#parts = parts;
    this.#placed = placed;
    this.#sizer = sizerFor(placed, parts.spec.chunkUnits);
    this.#window = placed.plan.window;
    this.#run = new ChunkRun({
      ...{ supply, mayCut },
      window: () => this.#window,
      nextUnits: () => this.#sizer.next(supply.uncutUnits),
      evaluate: (chunk) => this.#evaluate(chunk),
    });
  }

  /** All chunks as they finish, once. */
  async *chunks(): AsyncGenerator<FinishedChunk, undefined> {
    const follower = this.#follower();
    const scores = follower ?? this.#placed.site.setting.survey;
    const { mean } = this.#placed.plan.parts.scores;
    try {
      for await (const outcome of this.#run.outcomes()) {
        const finished = "error" in outcome ? await this.#withoutValue(outcome) : outcome;
        if (finished === undefined) continue;
        const { tookMs, values, worker } = finished.result;
        const speed = (scores.scoreOf(worker) ?? mean) / mean;
        if (!finished.isCached) this.#sizer.learn(finished.chunk.units, tookMs * speed, roughBytesOfAll(values));
        yield finished;
      }
    } finally {
      await follower?.stop();
    }
  }

  /** What the pilot has begun to evaluate at this place is not evaluated twice. At another place, a pool that is busy may need much longer. */
  #evaluate(chunk: Chunk): Promise<ChunkOutcome> {
    const { pilot, place, site } = this.#placed;
    return pilot.open?.chunk === chunk && site.place === place ? pilot.open.outcome : place.evaluate(chunk);
  }

  /** Started; undefined where no workers come and go. */
  #follower(): PoolFollower | undefined {
    const { place, plan, site } = this.#placed;
    if (!place.isShared) return undefined;
    const { grid, supply, spec } = this.#parts;
    const { pool, name, objective } = spec;
    const rest = (): Workload => ({
      ...plan.parts.workload,
      ...{ totalUnits: supply.uncutUnits, msPerUnit: this.#sizer.msPerUnit },
    });
    const leastRestUnits = (): number => this.#leastRestUnits();
    const onLanes = (now: LanesNow): void => this.#adjust(now);
    const parts = { grid, pool, name, objective, rest, leastRestUnits, onLanes };
    const follower = new PoolFollower(parts, site.setting.survey);
    void follower.start();
    return follower;
  }

  /** What has not been cut yet: of data that has no known end, what is expected, and as much as is open at once at least. */
  #leastRestUnits(): number {
    const { supply, spec } = this.#parts;
    const { uncutUnits, cutUnits } = supply;
    if (uncutUnits !== undefined) return uncutUnits;
    return Math.max((spec.count ?? 0) - cutUnits, this.#placed.plan.window * this.#sizer.next(undefined));
  }

  #adjust(now: LanesNow): void {
    this.#sizer.adjust(now);
    this.#window = this.#parts.spec.window ?? now.window;
    this.#run.widen();
  }

  /** Undefined where the chunk goes back to the supply, as two. */
  async #withoutValue({
    chunk,
    error: { tree },
  }: {
    readonly chunk: Chunk;
    readonly error: RequestError;
  }): Promise<FinishedChunk | undefined> {
    const { place, site } = this.#placed;
    const { onError } = site.setting.work;
    const remedy = remedyFor(tree, onError, sliceCount(chunk.slices));
    if (remedy === "fail") throw chunkFailed(tree, chunk);
    if (remedy === "halve") {
      this.#parts.supply.giveBackHalves(chunk);
      return undefined;
    }
    const isReplaced = onError.policy === "call";
    const args = [tree, sliceAt(chunk.slices, 0)];
    const values = isReplaced ? [await place.call(onError.function, args)] : [];
    const failures = isReplaced ? [] : [{ place: 0, error: tree }];
    const finishedMs = Date.now();
    const result = { values, failures, startedMs: finishedMs, tookMs: 0, busyRatio: 0, worker: "" };
    return { chunk, result, requestId: "", isCached: false, finishedMs };
  }
}

function sizerFor({ plan, pilot }: Placed, fixedUnits: number | undefined): ChunkSizer {
  const { workload, chosen } = plan.parts;
  const { msPerUnit, slowest, lanes } = chosen;
  const { largestUnits, bytesPerUnit } = pilot;
  const { overheadMs } = workload;
  return new ChunkSizer({ msPerUnit, slowest, lanes, overheadMs, largestUnits, fixedUnits, bytesPerUnit });
}
