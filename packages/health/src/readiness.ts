/**
 * Whether a node is ready, judged by what its pool says of it and not by what it thinks of itself: a node that the pool has
 * lost sight of may well feel fine. Pure decisions.
 */
import type { PoolState } from "@callgrid/statekeeper";

/** A node that last could work so long ago is not ready, in ms. Between two claims it looks idle for a moment. */
export const latelyMs = 15_000;

/** How a node is. */
export interface Readiness {
  readonly isReady: boolean;
  /** One sentence for each node or cause that is not as it should be. */
  readonly reasons: readonly string[];
}

/** What readiness is judged by. */
export interface ReadinessSigns {
  /** Undefined: Redis did not answer in time. */
  readonly state: PoolState | undefined;
  /** Ids of the nodes within their pool. */
  readonly nodes: readonly string[];
  /** When each was last seen to work or to be open to work, in ms of the clock that `now` is of. */
  readonly couldWorkAt: ReadonlyMap<string, number>;
  readonly now: number;
}

/** Which members run something or wait to be given something, or head or stand by a pool that is headed. */
export function membersAtWork({ members, head }: PoolState): string[] {
  return members
    .filter(({ leaseLeftMs }) => leaseLeftMs > 0)
    .filter(({ kind, isVolunteer, running }) =>
      kind === "distributor" ? head !== undefined : isVolunteer || running > 0,
    )
    .map(({ id }) => id);
}

/** Ready is who has one node at least that joined and took or could take work lately, on a Redis that answers. */
export function readiness({ state, nodes, couldWorkAt, now }: ReadinessSigns): Readiness {
  if (state === undefined) return { isReady: false, reasons: ["Redis does not answer"] };
  if (nodes.length === 0) return { isReady: false, reasons: ["no worker has joined yet"] };
  const reasons = nodes.flatMap((node) => {
    const member = state.members.find(({ id }) => id === node);
    if (member === undefined) return [`the pool does not know ${node}`];
    if (member.leaseLeftMs <= 0) return [`the lease of ${node} has lapsed`];
    const isLate = now - (couldWorkAt.get(node) ?? Number.NEGATIVE_INFINITY) > latelyMs;
    return isLate ? [`${node} neither works nor waits for work`] : [];
  });
  return { isReady: reasons.length < nodes.length, reasons };
}
