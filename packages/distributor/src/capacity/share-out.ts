/** Shares the workers that a pool should have out among its hosts. Pure. */
import type { HostState } from "@callgrid/statekeeper";

/** What a host's share depends on. */
export type SharingHost = Pick<HostState, "id" | "score" | "minWorkers" | "maxWorkers">;

/**
 * How many workers each host is to have, by id: in proportion to the scores, within the bounds of each. One by one, to the host that
 * has least for its score (the method of Webster and Sainte-Laguë): so one worker more takes none away from any host.
 */
export function shareOut(workers: number, hosts: readonly SharingHost[]): Record<string, number> {
  const shares = hosts
    .map((host) => ({ ...host, share: Math.min(host.minWorkers, host.maxWorkers) }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  let left = workers - shares.reduce((sum, { share }) => sum + share, 0);
  while (left > 0) {
    const open = shares.filter(({ share, maxWorkers }) => share < maxWorkers);
    const [first, ...others] = open;
    if (first === undefined) break;
    const next = others.reduce((best, host) => (claimOf(host) > claimOf(best) ? host : best), first);
    next.share += 1;
    left -= 1;
  }
  return Object.fromEntries(shares.map(({ id, share }) => [id, share]));
}

function claimOf({ score, share }: { readonly score: number; readonly share: number }): number {
  return score / (2 * share + 1);
}
