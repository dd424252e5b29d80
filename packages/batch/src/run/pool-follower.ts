import { randomUUID } from "node:crypto";
import type { Grid } from "@callgrid/client";
import { Actor, Periodic, systemClock } from "@callgrid/core";
import { openChunks } from "../planning/make-plan.ts";
import { choose, type Workload } from "../planning/planner.ts";
import { type PoolSurvey, surveyOf } from "../planning/pool-survey.ts";
import type { Objective } from "../spec/batch-spec.ts";

/** The lanes of a run on a pool, now. */
export interface LanesNow {
  readonly lanes: number;
  /** How fast the slowest is, where 1 is the average. */
  readonly slowest: number;
  /** How many chunks are open at once. */
  readonly window: number;
}

/** What a {@link PoolFollower} works with. */
export interface PoolFollowerParts {
  readonly grid: Pick<Grid, "status" | "expectWork">;
  readonly pool: string;
  readonly name: string;
  readonly objective: Objective;
  /** The work that has not been cut yet. */
  readonly rest: () => Workload;
  /** How much of it there is at least, in units, if its end is not known. */
  readonly leastRestUnits: () => number;
  /** The lanes are others than before. */
  readonly onLanes: (now: LanesNow) => void;
}

const everyMs = 1_000;
/** While workers are to be expected, since until the next look one that has joined has nothing to do. */
const whileGrowingMs = 250;
/** Hosts start workers by what is announced; a run that takes less may be over before they have. */
const shortRunMs = 1_000;
/** A short run is announced if it takes longer than was thought, and is not over after so long. */
const shortAfterMs = 200;

/**
 * Adapts a run to its pool: the lanes that it uses follow the workers that join and leave. Work that the run has not cut yet is announced
 * as under way, so that the pool's desired workers include it.
 */
export class PoolFollower extends Actor {
  readonly #parts: PoolFollowerParts;
  readonly #announcement: string;
  readonly #looks: Periodic;
  #survey: PoolSurvey;
  #lanes = 0;
  #isAnnounced = false;

  /** @param survey - of the moment when the run was planned. */
  constructor(parts: PoolFollowerParts, survey: PoolSurvey) {
    super();
    this.#parts = parts;
    this.#announcement = `${parts.name}:${randomUUID()}`;
    this.#survey = survey;
    this.#lanes = survey.lanes(parts.rest().busyRatio).count;
    const firstAfterMs = this.#restMs / this.#lanes < shortRunMs ? shortAfterMs : 0;
    this.#looks = new Periodic({ clock: systemClock, everyMs, firstAfterMs, round: () => this.#look() });
  }

  protected override async begin(): Promise<void> {
    await this.#looks.start();
  }

  /** Withdraws what is announced. */
  protected override async end(): Promise<void> {
    await this.#looks.stop();
    if (this.#isAnnounced) await this.#announce(0);
  }

  /** See {@link PoolSurvey.scoreOf}; of workers that have joined meanwhile, too. */
  scoreOf(worker: string): number | undefined {
    return this.#survey.scoreOf(worker);
  }

  /** How long one lane would take for what has not been cut yet, in ms. */
  get #restMs(): number {
    const { rest, leastRestUnits } = this.#parts;
    const { msPerUnit, totalUnits = leastRestUnits() } = rest();
    return totalUnits * msPerUnit;
  }

  /** Returns the pause before the next look. */
  async #look(): Promise<number> {
    const { grid, pool, rest, onLanes } = this.#parts;
    await this.#announce(this.#restMs);
    let hostedWorkers: number;
    try {
      const state = await grid.status(pool);
      this.#survey = surveyOf(state);
      hostedWorkers = Object.values(state.capacity?.shares ?? {}).reduce((sum, share) => sum + share, 0);
    } catch {
      // a Redis that is away is reported by those that need it; the next look may find it again
      return everyMs;
    }
    const { count, meanScore, leastScore } = this.#survey.lanes(rest().busyRatio);
    const hasChanged = count !== this.#lanes && count !== 0;
    const pauseMs = hasChanged || hostedWorkers > this.#survey.workers ? whileGrowingMs : everyMs;
    if (!hasChanged) return pauseMs;
    this.#lanes = count;
    const slowest = Math.min(1, leastScore / meanScore);
    const lanes = this.#wanted(count, slowest);
    onLanes({ lanes, slowest, window: openChunks(lanes, count, rest()) });
    return pauseMs;
  }

  /** As many as there are, unless the objective wants fewer. */
  #wanted(count: number, slowest: number): number {
    const { objective, rest } = this.#parts;
    if (objective === "fast") return count;
    const places = [{ mode: "distributed", lanes: count, startMs: 0, slowest } as const];
    return choose({ workload: rest(), places, objective })?.lanes ?? count;
  }

  /** It only helps the pool to have its workers in time: the run goes on without. */
  async #announce(workMs: number): Promise<void> {
    const { grid, pool } = this.#parts;
    try {
      await grid.expectWork(pool, { id: this.#announcement, workMs });
      this.#isAnnounced = workMs > 0;
    } catch {
      return;
    }
  }
}
