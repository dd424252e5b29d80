/** A plan: where and how a batch runs, what was measured for it, and what other numbers of nodes would make of it. */
import type { BatchMode, Objective } from "../spec/batch-spec.ts";
import { explainPlan } from "./plan-text.ts";
import { nodesWithin, type Prediction, predict, type Workload } from "./planner.ts";

/** The lanes of the pool, and their scores. */
export interface PlanScores {
  readonly lanes: number;
  /** Of the lane that evaluated what was measured. */
  readonly pilot: number;
  readonly mean: number;
  /** Of the slowest worker. */
  readonly least: number;
}

/** What a plan is made of. */
export interface PlanParts {
  readonly name: string;
  readonly objective: Objective;
  readonly unit: "slice" | "byte";
  readonly workload: Workload;
  readonly chosen: Prediction;
  /** Whether the caller has chosen the mode. */
  readonly isGiven: boolean;
  /** How many workers the pool has. */
  readonly workers: number;
  readonly scores: PlanScores;
  /** How large the largest chunk of the pilot was, in units. */
  readonly pilotUnits: number;
  /** How large the values of a unit were, in bytes of text. */
  readonly bytesPerUnit: number;
  readonly chunkUnits: number;
  readonly window: number;
  /** Why the batch cannot run in the calling process; undefined where it can. */
  readonly notSerial: string | undefined;
}

/** Where and how a batch runs, what was measured for it, and how long it takes on other numbers of nodes. @beta */
export class Plan {
  readonly parts: PlanParts;

  constructor(parts: PlanParts) {
    this.parts = parts;
  }

  /** In the calling process (`serial`), in threads of its machine (`local`), or on the pool (`distributed`). */
  get mode(): BatchMode {
    return this.parts.chosen.mode;
  }

  /** How many functions run at a time. */
  get lanes(): number {
    return this.parts.chosen.lanes;
  }

  /** How large the first chunks are, in slices, or bytes of files. While the batch runs, they are adapted. */
  get chunkUnits(): number {
    return this.parts.chunkUnits;
  }

  /** How many chunks are open at once. */
  get window(): number {
    return this.parts.window;
  }

  /** From the start to the last value, in ms; undefined for data of unknown length. */
  get predictedMs(): number | undefined {
    return this.parts.chosen.elapsedMs;
  }

  /** What the batch would take on a pool of so many workers of the average score, each with one slot and a processor of its own. */
  predictFor(nodes: number): Prediction {
    return predict(this.parts.workload, { mode: "distributed", startMs: 0 }, nodes);
  }

  /**
   * How many nodes the batch needs to be done within a time; undefined where no number is enough, because a chunk takes longer, and for
   * data of unknown length without {@link BatchSpec.count}.
   */
  nodesWithin(withinMs: number): number | undefined {
    return nodesWithin(withinMs, (nodes) => this.predictFor(nodes));
  }

  /**
   * The plan as plain data, with predictions for other numbers of nodes.
   *
   * @param withinMs - adds how many nodes are needed to be done within this time.
   */
  describe(nodes: readonly number[] = [], withinMs?: number): Readonly<Record<string, unknown>> {
    const { name, objective, unit, workload, workers, scores, pilotUnits, bytesPerUnit } = this.parts;
    return {
      ...{ name, objective, mode: this.mode, lanes: this.lanes, unit, chunkUnits: this.chunkUnits },
      ...{
        window: this.window,
        predictedMs: this.predictedMs,
        measured: { ...workload, pilotUnits, bytesPerUnit },
        ...{ workers, scores },
      },
      ...(withinMs === undefined ? {} : { required: { withinMs, nodes: this.nodesWithin(withinMs) ?? null } }),
      predictions: nodes.map((count) => ({ nodes: count, ...this.predictFor(count) })),
    };
  }

  /**
   * The plan in words: the decision, what it rests on, and as a table and a curve what other numbers of nodes would take.
   *
   * @param nodes - numbers of nodes; default: as many as there are, and doublings from one on.
   * @param withinMs - adds how many nodes are needed to be done within this time.
   */
  explain(nodes?: readonly number[], withinMs?: number): string {
    return explainPlan(this, nodes, withinMs);
  }
}
