/** `callgrid host` as a process, with real workers on a real Redis: they come with the work, and go when it is over. */
import { getPriority } from "node:os";
import { connect } from "@callgrid/client";
import { startDistributor } from "@callgrid/distributor";
import type { PoolState } from "@callgrid/statekeeper";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { StartedCommand } from "../harness/command.ts";
import { CommandPool, commandFunctions } from "../harness/command-pool.ts";
import { HoldFile } from "../harness/hold-file.ts";

/** A pool with a head that forgets at once what was wanted, and a client. */
async function setUp(given: { readonly minWorkers?: number } = {}) {
  const pool = new CommandPool();
  const grid = pool.env["CALLGRID_GRID"] ?? "";
  const place = { pool: "pool", url: inject("redisUrl"), grid };
  const distributor = await startDistributor({
    ...place,
    ...given,
    scaleEveryMs: 50,
    targetWaitMs: 500,
    scaleDownAfterMs: 0,
  });
  const client = await connect(place.url, { grid });
  const hold = await HoldFile.make();
  onTestFinished(async () => {
    await client.close();
    await distributor.stop();
  });
  return {
    ...{ pool, distributor, hold },
    evaluate: (): Promise<unknown> => client.enqueue("pool", ["hold", hold.path]),
    workersAre: (count: number): Promise<void> => pool.until((state) => workersOf(state).length === count),
  };
}

async function startHost(pool: CommandPool, ...args: string[]): Promise<StartedCommand> {
  const host = pool.start("host", "--pool", "pool", "--functions", commandFunctions, "--json", ...args);
  await host.firstLine();
  return host;
}

function workersOf({ members }: PoolState): PoolState["members"] {
  return members.filter(({ kind }) => kind === "worker");
}

describe("callgrid host", () => {
  it("has workers while there is work; when it is killed they finish what they run, and leave", async () => {
    const { pool, hold, evaluate, workersAre } = await setUp();
    const host = await startHost(pool, "--max", "1", "--nice", "7");
    expect(workersOf(await pool.state())).toEqual([]);
    const first = evaluate();
    const ownNice = getPriority(host.process.pid);
    expect(getPriority(await hold.started())).toBe(Math.min(19, ownNice + 7));
    expect(await pool.state()).toMatchObject({ capacity: { desiredWorkers: expect.toSatisfy((count) => count >= 1) } });
    await hold.release();
    expect(await first).toBe("held");
    await workersAre(0);
    const second = evaluate();
    await hold.started();
    host.kill("SIGKILL");
    await hold.release();
    expect(await second).toBe("held");
    await workersAre(0);
  });

  it("has its workers waited for by a batch, which says so", async () => {
    const { pool } = await setUp();
    await startHost(pool, "--max", "1");
    const batch = ["batch", "--pool", "pool", "--process", "longText", "--range", "1..4"];
    const { exitCode, stdout, stderr } = await pool.run(batch);
    expect(stderr).toContain("waiting for workers: the pool has none\n");
    expect([exitCode, stdout]).toEqual([0, '"x"\n"xx"\n"xxx"\n']);
  });

  it("shares the workers that the pool should have with other hosts by score, and drains on SIGTERM", async () => {
    const { pool, hold, evaluate, workersAre } = await setUp({ minWorkers: 3 });
    const [one, two] = await Promise.all([
      startHost(pool, "--max", "8", "--score", "1"),
      startHost(pool, "--max", "8", "--score", "2"),
    ]);
    await pool.until((state) => {
      const scores = workersOf(state).map(({ description }) => Number(description["score"]));
      return scores.sort().join() === "1,2,2";
    });
    const waiting = evaluate();
    await hold.started();
    one.kill("SIGTERM");
    two.kill("SIGTERM");
    await workersAre(1);
    await hold.release();
    expect(await waiting).toBe("held");
    expect([(await one.ended).exitCode, (await two.ended).exitCode]).toEqual([0, 0]);
    expect(await pool.state()).toMatchObject({ hosts: [], queued: 0, capacity: { desiredWorkers: 3 } });
    await workersAre(0);
  });

  it("refuses to have more workers at least than at most", async () => {
    const pool = new CommandPool();
    const { exitCode, stderr } = await pool.run([
      "host",
      "--pool",
      "pool",
      "--functions",
      "f.ts",
      "--min",
      "3",
      "--max",
      "2",
    ]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("--min 3 is more than --max 2")]);
  });
});
