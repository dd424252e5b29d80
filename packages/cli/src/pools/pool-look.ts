/** What `status` and `doctor` look at. */
import { type CodeNote, type Statekeeper, versionDrifts } from "@callgrid/statekeeper";
import type { StallSigns } from "./stall-reasons.ts";

/** A pool, and what of its surroundings may explain its state. */
export interface PoolSigns extends StallSigns {
  /** What versions are made of that workers differ in, by version. */
  readonly notes: ReadonlyMap<string, CodeNote>;
}

/** Takes a bounded number of round trips. */
export async function lookAtPool(statekeeper: Statekeeper, pool: string): Promise<PoolSigns> {
  const keeper = statekeeper.pool(pool);
  const state = await keeper.inspect();
  const differing = versionDrifts(state).flatMap(({ version, currentVersion }) => [version, currentVersion]);
  return {
    state,
    grid: statekeeper.grid,
    otherGrids: await statekeeper.otherGridsWith(pool),
    poolsLike: await statekeeper.poolsLike(pool),
    notes: await keeper.readCode([...new Set(differing)]),
  };
}
