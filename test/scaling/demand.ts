/**
 * Who asks for which tree, and when. Most callers ask in the leaf where they are, unevenly, since teams differ; every fifth tree is
 * asked for in a branch, and every fifth in the root.
 */
import type { Random } from "../simulation/random.ts";
import type { Level, PlannedPool } from "./forest.ts";
import type { Scenario } from "./scenario.ts";
import { treeSize } from "./tree-functions.ts";

/** A tree that is asked for. */
export interface AskedTree {
  readonly tree: number;
  readonly pool: string;
  /** ms after the beginning. */
  readonly atMs: number;
}

const usualMs = 100;
const shareAbove = 0.2;
/** A leaf has up to so many times as many callers as another. */
const mostUneven = 2;
const spikeAt = 0.4;

export function planDemand(
  parts: { readonly pools: readonly PlannedPool[]; readonly requests: number; readonly workers: number },
  scenario: Scenario,
  random: Random,
): readonly AskedTree[] {
  const { pools, requests, workers } = parts;
  const trees = Math.ceil(requests / treeSize);
  const spanMs = scenario.load >= 1 ? 0 : (trees * treeSize * usualMs) / (workers * scenario.load);
  const places = planPlaces(pools, random);
  const spike = Math.round(trees * scenario.spikeShare);
  const busiest = pools.find(({ workers: here }) => here > 0)?.name ?? "root";
  return Array.from({ length: trees }, (_, tree) => {
    if (tree < spike) return { tree, pool: busiest, atMs: spikeAt * spanMs };
    return { tree, pool: places.draw(), atMs: random.next() * spanMs };
  }).sort((one, other) => one.atMs - other.atMs);
}

/** Deals out pools by their shares, so that each gets its part however few trees there are. */
function planPlaces(pools: readonly PlannedPool[], random: Random): { draw: () => string } {
  const has = (level: Level): boolean => pools.some((pool) => pool.level === level);
  const above = (["root", "branch"] as const).filter(has);
  const leafShare = has("leaf") ? 1 - shareAbove * above.length : 0;
  const shareOf = (level: Level): number => {
    if (!has("leaf")) return 1;
    return level === "leaf" ? leafShare : shareAbove;
  };
  const weights = pools.map((pool) => (pool.level === "leaf" ? random.between(1, mostUneven) : 1));
  const totals = new Map<Level, number>();
  for (const [index, { level }] of pools.entries()) totals.set(level, (totals.get(level) ?? 0) + (weights[index] ?? 0));
  const dealt = pools.map(({ name, level }, index) => {
    const share = (shareOf(level) * (weights[index] ?? 0)) / (totals.get(level) ?? 1);
    return { name, share, credit: random.next() * share };
  });
  return {
    draw: () => {
      let next = dealt[0];
      for (const place of dealt) {
        place.credit += place.share;
        if (next === undefined || place.credit > next.credit) next = place;
      }
      if (next === undefined) throw new Error("a forest has pools");
      next.credit -= 1;
      return next.name;
    },
  };
}
