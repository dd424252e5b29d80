/** `callgrid expect`, once as a process: what it announces is in the pool's desired workers, with a real head on a real Redis. */
import { startDistributor } from "@callgrid/distributor";
import { expect, inject, it, onTestFinished } from "vitest";
import { CommandPool } from "../harness/command-pool.ts";

async function setUp(leadTimeMs: number): Promise<CommandPool> {
  const pool = new CommandPool();
  const place = { pool: "pool", url: inject("redisUrl"), grid: pool.env["CALLGRID_GRID"] ?? "" };
  const distributor = await startDistributor({ ...place, scaleEveryMs: 50, scaleDownAfterMs: 0, leadTimeMs });
  onTestFinished(() => distributor.stop());
  const keeper = await pool.keeper();
  const functions = new Map([["price", "1"]]);
  await keeper.join({ id: "w1", kind: "worker", leaseMs: 60_000, description: { slots: 1 }, functions });
  await keeper.complete(
    "w1",
    [],
    [{ functionName: "price", evaluations: 1, failures: 0, selfMicros: 45_000, expectedMicros: 90_000 }],
  );
  await keeper.leave("w1");
  return pool;
}

it("an announced spike has its workers before it begins, and none once it is withdrawn", async () => {
  const pool = await setUp(7_200_000);
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  const spike = [
    "expect",
    "pool",
    "--work",
    '{"price":120000}',
    "--at",
    inAnHour,
    "--within",
    "10m",
    "--name",
    "spike",
  ];
  const { exitCode, stdout } = await pool.runProcess(spike);
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(/^announced as spike: 1.5 h of work .*\nneeds 10 workers\n$/),
  ]);
  await pool.until(({ capacity }) => capacity?.desiredWorkers === 10);
  expect((await pool.run(["status", "pool"])).stdout).toMatch(/^spike +1.5 h +\d+ min +10 min/m);
  const withdrawn = await pool.run(["expect", "pool", "--name", "spike", "--withdraw", "--json"]);
  expect(JSON.parse(withdrawn.stdout)).toMatchObject({ pool: "pool", id: "spike", workMs: 0 });
  await pool.until(({ capacity }) => capacity?.desiredWorkers === 0);
});

it("a spike that begins after the lead time has no workers yet", async () => {
  const pool = await setUp(60_000);
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  const announced = await pool.run([
    "expect",
    "pool",
    "--work",
    '{"price":9}',
    "--at",
    inAnHour,
    "--within",
    "1s",
    "--json",
  ]);
  expect(JSON.parse(announced.stdout)).toMatchObject({ pool: "pool", workers: 1, unmeasured: [] });
  await pool.until(({ capacity }) => capacity !== undefined);
  expect((await pool.state()).capacity?.desiredWorkers).toBe(0);
});

it.each([
  [["--within", "1m"], "--work must be given"],
  [["--work", "[1]", "--within", "1m"], "--work must be an object of counts"],
  [["--work", '{"price":1}'], "--within must be given"],
  [["--work", '{"price":1}', "--within", "1m", "--at", "noon"], "--at must be a time such as 18:00"],
  [["--work", '{"prize":1}', "--within", "1m"], 'did you mean "price"'],
  [["--withdraw"], "--name must say which announcement to withdraw"],
])("%j is wrong usage", async (args, message) => {
  const pool = await setUp(60_000);
  const { exitCode, stdout, stderr } = await pool.run(["expect", "pool", ...args]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
});
