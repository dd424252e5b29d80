/** Which runs are made, and in which order: pure. */
import type { SystemName } from "./system.ts";
import type { Case, Group, Scale, Workload } from "./workload.ts";

/** One run of a round. */
export interface PlannedRun {
  readonly round: number;
  readonly workload: Workload;
  readonly group: Group;
  readonly case: Case;
}

export interface PlanOptions {
  readonly scale: Scale;
  readonly rounds: number;
  readonly systems: readonly SystemName[];
}

/**
 * All runs, group by group. Within a group, a round is one run of every system, and each round begins with another one: so
 * what changes on the machine meets all of them alike.
 */
export function planRuns(workloads: readonly Workload[], options: PlanOptions): readonly PlannedRun[] {
  return workloads.flatMap((workload) =>
    workload.groups(options.scale).flatMap((group) => {
      const cases = group.cases.filter(({ system }) => options.systems.includes(system));
      return roundsOf(options.rounds).flatMap((round) =>
        rotated(cases, round)
          .filter(({ mostRounds = Number.POSITIVE_INFINITY }) => round < mostRounds)
          .map((one) => ({ round, workload, group, case: one })),
      );
    }),
  );
}

function roundsOf(count: number): readonly number[] {
  return Array.from({ length: count }, (_, round) => round);
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
