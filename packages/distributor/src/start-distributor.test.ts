import { randomUUID } from "node:crypto";
import { VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper, openStatekeeper, type PoolKeeper, type Statekeeper } from "@callgrid/statekeeper";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { LogTape } from "../../../test/harness/log-tape.ts";
import { losingJoins } from "../../../test/harness/losing-joins.ts";
import type { DistributorOptions } from "./shared/distributor-options.ts";
import { type RunningDistributor, startDistributor } from "./start-distributor.ts";

const pool = "pool";
const requests = ["aaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbb", "cccccccccccccccccccccc"];

/** A worker that joins, queues three requests on its own queue, claims one of them, and never reports again. */
async function addWorkerThatDies(keeper: PoolKeeper, leaseMs: number): Promise<void> {
  const id = "worker";
  const { epoch } = await keeper.join({
    id,
    kind: "worker",
    leaseMs,
    description: {},
    functions: new Map([["f", "1"]]),
  });
  const submissions = requests.map((request) => ({ id: request, payload: `["f","${request}"]` }));
  await keeper.submit({ process: "client", leaseMs: 60_000, queueLimit: 0, submissions });
  await keeper.submit({ process: "client", leaseMs: 60_000, worker: id, queueLimit: 0, submissions });
  await keeper.claim({ worker: id, max: 1, budgetMicros: 1e9, epoch, skips: [], reach: "roots", volunteerFor: 0 });
}

/** How the pool itself calls it. */
function memberId({ id }: RunningDistributor): string {
  return id.replace("pool/", "");
}

async function start(options: Omit<DistributorOptions, "pool">): Promise<RunningDistributor> {
  const distributor = await startDistributor({ pool, ...options });
  onTestFinished(() => distributor.stop());
  return distributor;
}

describe("a distributor on virtual time", () => {
  function setUp() {
    const clock = new VirtualClock();
    const statekeeper = new MemoryStatekeeper({ clock });
    const tape = new LogTape();
    onTestFinished(() => statekeeper.close());
    return { clock, statekeeper, keeper: statekeeper.pool(pool), tape, options: { clock, statekeeper, log: tape.log } };
  }

  it("joins its pool as a member, and heads it", async () => {
    const { clock, keeper, options } = setUp();
    const distributor = await start(options);
    await clock.advance(0);
    const { head, members } = await keeper.inspect();
    expect(head).toBe(memberId(distributor));
    expect(members).toMatchObject([{ id: memberId(distributor), kind: "distributor", leaseLeftMs: 3_000 }]);
    expect(distributor.isHead).toBe(true);
  });

  it("whose joining fails is not a member, although the pool had it for one", async () => {
    const { keeper, options } = setUp();
    const statekeeper = losingJoins(options.statekeeper);
    await expect(startDistributor({ pool, ...options, statekeeper })).rejects.toThrow("the reply is lost");
    const { members, counters } = await keeper.inspect();
    expect([members, counters["joined-members"]]).toEqual([[], 1]);
  });

  it("keeps its lease for as long as it runs", async () => {
    const { clock, keeper, tape, options } = setUp();
    const distributor = await start(options);
    await clock.advance(60_000);
    const { head, members } = await keeper.inspect();
    expect([head, members.length]).toEqual([memberId(distributor), 1]);
    expect(tape.lines.map(({ msg }) => msg)).toEqual(["joined the pool", "became head of the pool"]);
  });

  it("stands by while another heads the pool, and takes over when that one stops", async () => {
    const { clock, keeper, options } = setUp();
    const first = await start(options);
    await clock.advance(100);
    const second = await start(options);
    await clock.advance(10_000);
    expect([first.isHead, second.isHead]).toEqual([true, false]);
    await first.stop();
    expect((await keeper.inspect()).members.map(({ id }) => id)).toEqual([memberId(second)]);
    await clock.advance(1_000);
    expect((await keeper.inspect()).head).toBe(memberId(second));
    expect(second.isHead).toBe(true);
  });

  it("takes over from a head that died without a word, once its lease has lapsed", async () => {
    const { clock, keeper, options } = setUp();
    await keeper.sweep({ process: "dead", headLeaseMs: 3_000, maxAttempts: 3, limit: 10 });
    const standby = await start(options);
    await clock.advance(2_999);
    expect((await keeper.inspect()).head).toBe("dead");
    await clock.advance(1_001);
    expect((await keeper.inspect()).head).toBe(memberId(standby));
  });

  it("gives what a dead worker ran and had queued back to the pool", async () => {
    const { clock, keeper, tape, options } = setUp();
    await start(options);
    await addWorkerThatDies(keeper, 10_000);
    await clock.advance(9_900);
    expect(await keeper.inspectRequest("cccccccccccccccccccccc")).toMatchObject({ owner: "worker" });
    await clock.advance(200);
    const { members } = await keeper.inspect();
    expect(members.map(({ kind }) => kind)).toEqual(["distributor"]);
    for (const request of requests) {
      expect(await keeper.inspectRequest(request)).toMatchObject({ state: "queued", owner: undefined });
    }
    const [logged] = tape.having("reclaimed the work of members");
    expect(logged).toMatchObject({ pool, members: ["worker"] });
  });

  it("sweeps again at once while there is more than one sweep may take", async () => {
    const { clock, keeper, options } = setUp();
    await addWorkerThatDies(keeper, 10_000);
    await clock.advance(10_001);
    await start({ ...options, sweepLimit: 1 });
    await clock.advance(0);
    const { members } = await keeper.inspect();
    expect(members.map(({ kind }) => kind)).toEqual(["distributor"]);
  });

  it("joins again when the pool has forgotten it, as a Redis that restarted empty does", async () => {
    const { clock, statekeeper, keeper, tape, options } = setUp();
    const distributor = await start(options);
    await clock.advance(100);
    statekeeper.empty();
    await clock.advance(1_000);
    const { head, members } = await keeper.inspect();
    expect([head, members.map(({ id }) => id)]).toEqual([memberId(distributor), [memberId(distributor)]]);
    expect(tape.having("joined again")).toHaveLength(1);
  });

  it("says that another took the head while it was paused, and stands by", async () => {
    const { clock, keeper, tape, options } = setUp();
    const distributor = await start(options);
    await clock.advance(100);
    await keeper.abdicate(memberId(distributor));
    await keeper.sweep({ process: "other", headLeaseMs: 60_000, maxAttempts: 3, limit: 10 });
    await clock.advance(5_000);
    expect(distributor.isHead).toBe(false);
    expect(tape.having("lost the head of the pool")).toHaveLength(1);
  });

  it("reports sweeps that fail once a second at most, and goes on", async () => {
    const { clock, statekeeper, tape, options } = setUp();
    await start(options);
    await clock.advance(100);
    await statekeeper.close();
    await clock.advance(3_000);
    const logged = tape.having("pool could not be swept");
    expect(logged.length).toBeGreaterThan(1);
    expect(logged.length).toBeLessThan(5);
  });

  it("refuses a pool that can be none, and an option that does not exist", async () => {
    const { statekeeper } = setUp();
    await expect(startDistributor({ pool: "a pool", statekeeper })).rejects.toMatchObject({ code: "INVALID_OPTION" });
    const misspelt = { pool, statekeeper, sweepLimits: 3 };
    await expect(startDistributor(misspelt)).rejects.toThrow(/did you mean sweepLimit/);
    const renamed = { pool, statekeeper, bridgePolicies: {} };
    await expect(startDistributor(renamed)).rejects.toThrow(/did you mean bridgePolicy\?/);
  });
});

describe("distributors on Redis", () => {
  // The leases that such tests have to wait for are short, and longer than a loaded machine's pauses.
  const leaseMs = 1_000;

  async function open(grid: string): Promise<Statekeeper> {
    const statekeeper = await openStatekeeper(inject("redisUrl"), { grid });
    onTestFinished(() => statekeeper.close());
    return statekeeper;
  }

  async function startOne(statekeeper: Statekeeper) {
    const tape = new LogTape();
    const distributor = await start({ statekeeper, log: tape.log, leaseMs });
    return { distributor, tape };
  }

  it("a standby takes over at once when the head stops", async () => {
    const statekeeper = await open(randomUUID());
    const first = await startOne(statekeeper);
    await first.tape.line("became head of the pool");
    const second = await startOne(statekeeper);
    await second.tape.line("standing by");
    await first.distributor.stop();
    await second.tape.line("became head of the pool");
    const { head, members } = await statekeeper.pool(pool).inspect();
    expect([head, members.map(({ id }) => id)]).toEqual([memberId(second.distributor), [memberId(second.distributor)]]);
  });

  it("a standby takes over when the head's lease has lapsed", async () => {
    const grid = randomUUID();
    const doomed = await open(grid);
    const first = await startOne(doomed);
    await first.tape.line("became head of the pool");
    const statekeeper = await open(grid);
    const second = await startOne(statekeeper);
    await second.tape.line("standing by");
    await doomed.close();
    await second.tape.line("became head of the pool");
    expect((await statekeeper.pool(pool).inspect()).head).toBe(memberId(second.distributor));
  });

  it("a dead worker's work goes back to the pool", async () => {
    const statekeeper = await open(randomUUID());
    const keeper = statekeeper.pool(pool);
    await addWorkerThatDies(keeper, 200);
    const { tape } = await startOne(statekeeper);
    const logged = await tape.line("reclaimed the work of members");
    expect(logged).toMatchObject({ members: ["worker"] });
    for (const request of requests) {
      expect(await keeper.inspectRequest(request)).toMatchObject({ state: "queued", owner: undefined });
    }
  });

  it("opens its own connection, and fails with the address when no server is there", async () => {
    const distributor = await startDistributor({ pool, url: inject("redisUrl"), grid: randomUUID() });
    await distributor.stop();
    const nowhere = startDistributor({ pool, url: "unix:///nonexistent/redis.sock", connectTimeoutMs: 50 });
    await expect(nowhere).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
  });
});
