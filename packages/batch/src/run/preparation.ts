import type { ChunkSupply } from "../chunks/chunk-source.ts";
import type { Chunk } from "../data/chunk.ts";
import { makePlan } from "../planning/make-plan.ts";
import { type PilotReport, runPilot } from "../planning/pilot.ts";
import type { Plan } from "../planning/plan.ts";
import type { CheckedSpec } from "../spec/batch-spec.ts";
import type { ChunkOutcome, Workplace } from "../workplaces/workplace.ts";
import type { Site, Workplaces } from "./workplaces.ts";

/** A run that is planned. */
export interface Planned {
  readonly site: Site;
  readonly pilot: PilotReport;
  readonly plan: Plan;
  /** Chunks that an earlier run has finished. */
  readonly restored: readonly Chunk[];
}

/** A plan with the place where it is carried out. */
export interface Placed extends Planned {
  readonly place: Workplace;
}

/** What a {@link Preparation} works with. */
export interface PreparationParts {
  readonly spec: CheckedSpec;
  readonly supply: ChunkSupply;
  readonly places: Workplaces;
  /** Ends the run; resolves to the error that it ends with. */
  readonly failure: (error: unknown) => Promise<unknown>;
}

/**
 * What comes before the chunks of a run: finds its places, goes on from a checkpoint, runs the pilot, plans, and starts the place that the
 * plan has chosen. Each step is done once, when it is first asked for.
 */
export class Preparation {
  readonly #parts: PreparationParts;
  #planned: Promise<Planned> | undefined;
  #placed: Promise<Placed> | undefined;

  constructor(parts: PreparationParts) {
    this.#parts = parts;
  }

  planned(): Promise<Planned> {
    this.#planned ??= this.#plan();
    return this.#planned;
  }

  placed(): Promise<Placed> {
    this.#placed ??= this.#place();
    return this.#placed;
  }

  /** As {@link placed}, without choosing a place: undefined until {@link placed} is called. */
  get placedAlready(): Promise<Placed> | undefined {
    return this.#placed;
  }

  async #plan(): Promise<Planned> {
    const { spec, supply, places, failure } = this.#parts;
    const { checkpoint, chunkUnits, cache = "use" } = spec;
    try {
      const site = await places.choose();
      // whether slices are timed makes no other values
      await checkpoint?.begin(JSON.stringify({ ...site.setting.work, isTimed: undefined, cache }));
      const restored = await supply.restore();
      const evaluate = (chunk: Chunk): Promise<ChunkOutcome> => site.place.evaluate(chunk);
      const pilot = await runPilot({ supply, fixedUnits: chunkUnits, evaluate });
      const plan = this.#makePlan({ site, pilot, localLanes: places.threadsBeside(site) });
      return { site, plan, pilot, restored };
    } catch (error) {
      throw await failure(error);
    }
  }

  /** Threads are no place for the run if they turn out to have other functions than the pool. */
  async #place(): Promise<Placed> {
    const planned = await this.planned();
    try {
      const place = await this.#parts.places.placeFor(planned.plan, planned.site);
      if (place !== undefined) return { ...planned, place };
      return { ...planned, plan: this.#makePlan({ ...planned, localLanes: 0 }), place: planned.site.pool };
    } catch (error) {
      throw await this.#parts.failure(error);
    }
  }

  #makePlan(basis: { readonly site: Site; readonly pilot: PilotReport; readonly localLanes: number }): Plan {
    const { spec, supply } = this.#parts;
    const { setting, isLocal } = basis.site;
    const { totalUnits = spec.count, unit } = supply;
    return makePlan({ ...basis, spec, setting, isLocal, totalUnits, unit });
  }
}
