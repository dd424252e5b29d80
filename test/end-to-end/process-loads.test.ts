/**
 * Loads on trees of real processes, compared with what docs/SCALING.md says of them in virtual time: one worker for each leaf, each pool on a Redis of
 * its own. How long they take depends on the machine, so that is reported and not judged.
 */
import type { Grid } from "@callgrid/client";
import { describe, expect, type TestContext, test } from "vitest";
import { shortOrFull } from "../harness/fault-length.ts";
import { PoolTree } from "../harness/pool-tree.ts";

interface Cell {
  readonly ms: number;
  readonly requests: number;
  readonly askedAt: "leaf" | "root" | "both";
}

const cells: Readonly<Record<number, readonly Cell[]>> = {
  2: [
    { ms: 30, requests: 200, askedAt: "leaf" },
    { ms: 100, requests: 100, askedAt: "both" },
    { ms: 500, requests: 40, askedAt: "root" },
  ],
  3: [
    { ms: 50, requests: 240, askedAt: "root" },
    { ms: 200, requests: 90, askedAt: "leaf" },
    { ms: 1_000, requests: 30, askedAt: "leaf" },
  ],
};

async function plant(context: TestContext, leaves: readonly string[]): Promise<ReadonlyMap<string, Grid>> {
  const tree = await PoolTree.plant(context.onTestFinished, "root", ...leaves);
  await Promise.all(leaves.flatMap((leaf) => [tree.bridge(leaf, "root"), tree.workers(leaf, 1)]));
  const pools = ["root", ...leaves];
  return new Map(
    await Promise.all(pools.map(async (pool): Promise<[string, Grid]> => [pool, await tree.client(pool)])),
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** How long a cell takes, in ms, where each request was evaluated and for how long, and how many evaluations there were. */
async function run(clients: ReadonlyMap<string, Grid>, { ms, requests, askedAt }: Cell, tag: string) {
  const ask = (pool: string, count: number): Promise<[pool: string, ms: number][]> => {
    const all = Array.from({ length: count }, (_, i) => ["stayMeasured", ms, `${tag} ${pool} ${i}`] as const);
    const values = clients.get(pool)?.enqueueAll(pool, all) ?? expect.fail(`no client of ${pool}`);
    return values as Promise<[pool: string, ms: number][]>;
  };
  const before = await evaluations(clients);
  const startedAt = performance.now();
  const atRoot = { leaf: 0, root: requests, both: requests / 2 }[askedAt];
  const stays = (await Promise.all([ask("root", atRoot), ask("leaf-1", requests - atRoot)])).flat();
  const tookMs = performance.now() - startedAt;
  await expect.poll(() => evaluations(clients), { timeout: 20_000 }).toBeGreaterThanOrEqual(before + requests);
  return { tookMs, stays, evaluated: (await evaluations(clients)) - before };
}

async function evaluations(clients: ReadonlyMap<string, Grid>): Promise<number> {
  const states = await Promise.all([...clients].map(([pool, client]) => client.status(pool)));
  return states.reduce((sum, { counters }) => sum + (counters["evaluated:stayMeasured"] ?? 0), 0);
}

// too long for every run: `scripts/torture --faults test/end-to-end/process-loads.test.ts` has them
describe.runIf(shortOrFull(false, true))("loads on real processes", () => {
  test.for([2, 3])("in %i pools are shared, and evaluated once", async (pools, context) => {
    const leaves = Array.from({ length: pools }, (_, i) => `leaf-${i + 1}`);
    const clients = await plant(context, leaves);
    await run(clients, { ms: 200, requests: 4 * pools, askedAt: "root" }, "before");
    for (const [index, cell] of (cells[pools] ?? []).entries()) {
      const { tookMs, stays, evaluated } = await run(clients, cell, String(index));
      const idealMs = Math.ceil(cell.requests / pools) * cell.ms;
      const stayedMs = stays.reduce((sum, [, ms]) => sum + ms, 0);
      const shares = leaves.map((leaf) => stays.filter(([pool]) => pool === leaf).length);
      await context.annotate(
        `${cell.requests} × ${cell.ms} ms asked at the ${cell.askedAt} of ${pools} pools: ${(tookMs / idealMs).toFixed(2)} × ideal, ` +
          `${percent(stayedMs / pools / tookMs)} of the workers' time in the function, ` +
          `${evaluated - cell.requests} evaluated twice, ${shares.join(" + ")}`,
      );
      expect(evaluated - cell.requests).toBeLessThanOrEqual(0.02 * cell.requests);
      expect(Math.min(...shares)).toBeGreaterThan(cell.requests / pools / 2);
    }
  });
});
