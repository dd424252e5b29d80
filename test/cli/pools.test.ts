/** `callgrid pools` and `callgrid remove` on a real Redis, once each as a process. */
import { openStatekeeper, type PoolKeeper } from "@callgrid/statekeeper";
import { expect, inject, it, onTestFinished } from "vitest";
import { CommandPool } from "../harness/command-pool.ts";

const payload = '["one",1]';

/** Pools of a grid of the test's own, each with a kept result and a queued request; `pool` also has a live worker. */
async function setPools(
  ...names: readonly string[]
): Promise<{ pool: CommandPool; keeperOf: (name: string) => PoolKeeper }> {
  const pool = new CommandPool();
  const statekeeper = await openStatekeeper(inject("redisUrl"), { grid: pool.env["CALLGRID_GRID"] ?? "" });
  onTestFinished(() => statekeeper.close());
  const functions = new Map([["one", "1"]]);
  for (const name of ["pool", ...names]) {
    const keeper = statekeeper.pool(name);
    await keeper.join({ id: "w1", kind: "worker", leaseMs: 60_000, description: {}, functions });
    const batch = { process: "c1", leaseMs: 60_000, queueLimit: 0 };
    await keeper.submit({
      ...batch,
      submissions: [
        { id: "known", payload },
        { id: "queued", payload },
      ],
    });
    await keeper.complete("w1", [{ id: "known", outcome: "=1", ttlMs: 60_000, stamp: "1#0" }], []);
    if (name !== "pool") await keeper.leave("w1");
  }
  return { pool, keeperOf: (name) => statekeeper.pool(name) };
}

it("pools lists each pool of the grid with its members, what is queued, and when it was used", async () => {
  const { pool } = await setPools("pool:b", "poolc");
  const { exitCode, stdout } = await pool.runProcess(["pools", "--json"]);
  expect(exitCode).toBe(0);
  const idle = { distributors: 0, clients: 1, queued: 1, idleMs: expect.any(Number) };
  expect(JSON.parse(stdout)).toEqual([
    { pool: "pool", workers: 1, ...idle },
    { pool: "pool:b", workers: 0, ...idle },
    { pool: "poolc", workers: 0, ...idle },
  ]);
  expect((await pool.run(["pools"])).stdout).toMatch(/^pool .*last used\s*\npool +1 /);
});

it("remove removes every key of one pool, and nothing of others", async () => {
  const { pool, keeperOf } = await setPools("pool:b", "poolc", "old");
  const shown = await pool.run(["remove", "old", "--dry-run"]);
  expect([shown.exitCode, shown.stderr]).toEqual([
    0,
    expect.stringMatching(/pool "old": 1 requests queued.*value 1.*\nnothing was removed/),
  ]);
  const { exitCode, stdout } = await pool.runProcess(["remove", "old", "--yes", "--json"]);
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    0,
    { pool: "old", keys: expect.any(Object), removed: expect.any(Number) },
  ]);
  expect(JSON.parse((await pool.run(["pools", "--json"])).stdout)).toHaveLength(3);
  expect((await keeperOf("pool:b").check("c1", 0, ["known", "queued"])).map(({ kind }) => kind)).toEqual([
    "outcome",
    "pending",
  ]);
  const again = await pool.run(["remove", "old", "--yes"]);
  expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('has no pool "old"')]);
});

it("remove refuses where members are alive, and where no terminal can confirm", async () => {
  const { pool } = await setPools("old");
  const alive = await pool.run(["remove", "pool", "--yes"]);
  expect([alive.exitCode, alive.stderr]).toEqual([2, expect.stringMatching(/1 live members \(w1\).*--force/)]);
  const unasked = await pool.run(["remove", "old"]);
  expect([unasked.exitCode, unasked.stderr]).toEqual([2, expect.stringContaining("yes: must be given")]);
  expect(JSON.parse((await pool.run(["pools", "--json"])).stdout)).toHaveLength(2);
  expect((await pool.run(["remove", "pool", "--yes", "--force"])).exitCode).toBe(0);
});
