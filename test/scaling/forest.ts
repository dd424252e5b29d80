/**
 * The pools of a scaling run: workers are in leaves of about a hundred, ten leaves make a branch, and all branches meet in the root.
 * Where one pool is enough there is one, where ten are there are two levels.
 */

export type Level = "root" | "branch" | "leaf";

export interface PlannedPool {
  readonly name: string;
  readonly level: Level;
  /** The pool that it is bridged to. */
  readonly parent: string | undefined;
  readonly workers: number;
}

const workersPerLeaf = 112;
const childrenPerPool = 10;

/** All pools for so many workers, parents first. */
export function planForest(workers: number): readonly PlannedPool[] {
  const leaves = Math.ceil(workers / workersPerLeaf);
  if (leaves === 1) return [{ name: "root", level: "root", parent: undefined, workers }];
  const branches = leaves > childrenPerPool ? Math.ceil(leaves / childrenPerPool) : 0;
  const pools: PlannedPool[] = [{ name: "root", level: "root", parent: undefined, workers: 0 }];
  for (let branch = 0; branch < branches; branch += 1)
    pools.push({ name: `branch-${branch}`, level: "branch", parent: "root", workers: 0 });
  for (let leaf = 0; leaf < leaves; leaf += 1) {
    const parent = branches === 0 ? "root" : `branch-${Math.floor((leaf * branches) / leaves)}`;
    const share = Math.floor(((leaf + 1) * workers) / leaves) - Math.floor((leaf * workers) / leaves);
    pools.push({ name: `leaf-${leaf}`, level: "leaf", parent, workers: share });
  }
  return pools;
}
