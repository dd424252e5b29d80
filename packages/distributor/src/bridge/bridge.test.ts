/** A pool and its parent on virtual time: who starts what, and its state in the other pool. */
import { encodeError, encodeRequest, type OutcomeText, requestId, VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper, type PoolKeeper, Requester } from "@callgrid/statekeeper";
import { expect, it, onTestFinished } from "vitest";
import { PlainWorker } from "../../../../test/harness/plain-worker.ts";
import { type BridgePolicy, localPolicy } from "../crossing/bridge-policy.ts";
import { type RunningDistributor, startDistributor } from "../start-distributor.ts";

const functions = {
  double: (x: number) => {
    if (x < 0) throw new Error(`Icky value ${x}`);
    return 2 * x;
  },
};

interface Asked {
  readonly id: string;
  outcome: OutcomeText | undefined;
  withdraw: () => void;
}

class Family {
  readonly clock = new VirtualClock();
  readonly statekeeper = new MemoryStatekeeper({ clock: this.clock });
  readonly parent = this.statekeeper.pool("parent");
  readonly child = this.statekeeper.pool("child");

  constructor() {
    onTestFinished(() => this.statekeeper.close());
  }

  async bridge(pool = "child", bridgePolicy: Partial<BridgePolicy> = {}): Promise<RunningDistributor> {
    const { clock, statekeeper } = this;
    const distributor = await startDistributor({ pool, parent: "parent", clock, statekeeper, bridgePolicy });
    onTestFinished(() => distributor.stop());
    await clock.advance(1_000);
    return distributor;
  }

  async work(pool: PoolKeeper, has: ConstructorParameters<typeof PlainWorker>[1] = functions): Promise<PlainWorker> {
    const worker = await new PlainWorker(pool, has, `worker-of-${pool.pool}`).start();
    onTestFinished(() => worker.stop());
    return worker;
  }

  /** Has a worker volunteer for one request, which never evaluates it. */
  async volunteer(pool: PoolKeeper): Promise<void> {
    const { epoch } = await pool.join({
      id: "slow",
      kind: "worker",
      leaseMs: 600_000,
      description: {},
      functions: new Map([["double", "1"]]),
    });
    const claim = {
      worker: "slow",
      max: 1,
      budgetMicros: 1,
      epoch,
      skips: [],
      reach: "roots" as const,
      volunteerFor: 1,
    };
    await pool.claim(claim);
  }

  /** Has the worker of {@link volunteer} claim one more request. */
  async claimOne(pool: PoolKeeper): Promise<string | undefined> {
    const { epoch } = await pool.functions();
    const claim = {
      worker: "slow",
      max: 1,
      budgetMicros: 1,
      epoch,
      skips: [],
      reach: "roots" as const,
      volunteerFor: 0,
    };
    return (await pool.claim(claim)).claims[0]?.id;
  }

  /** Has a worker claim a request, which it never evaluates. */
  async hold(pool: PoolKeeper, x: number): Promise<void> {
    await this.volunteer(pool);
    this.ask(pool, x);
    await this.clock.advance(1_000);
  }

  /** Asks for `double` of a number, or another function of it, and reports the outcome once it is there. */
  ask(pool: PoolKeeper, x: number, priority = 0, functionName = "double"): Asked {
    const { payload, canonical } = encodeRequest([functionName, x], 1_000);
    const asked: Asked = { id: requestId(canonical), outcome: undefined, withdraw: () => undefined };
    const process = `client-of-${pool.pool}-${x}`;
    const { clock } = this;
    const options = { keeper: pool, process, leaseMs: 600_000, clock, checkEveryMs: 2_000, queueLimit: 0 };
    const requester = new Requester(options);
    const inbox = pool.listen(process, {
      onMessages: (messages) => {
        for (const message of messages) requester.receive(message);
      },
      onReconnect: () => requester.recheckAll(),
    });
    onTestFinished(() => inbox.close());
    const ask = requester.ask({ id: asked.id, payload, priority, timeoutMs: 60_000 }, undefined, (outcome) => {
      asked.outcome = outcome;
    });
    asked.withdraw = () => ask.withdraw();
    return asked;
  }
}

it("an idle pool does its parent's work, and keeps what came of it above for as long as below", async () => {
  const family = new Family();
  await family.bridge();
  const worker = await family.work(family.child);
  const asked = family.ask(family.parent, 4);
  await family.clock.advance(2_000);
  expect([asked.outcome, worker.evaluated]).toEqual(["=8", ['["double",4]']]);
  const [below, above] = await Promise.all([
    family.child.inspectRequest(asked.id),
    family.parent.inspectRequest(asked.id),
  ]);
  expect(above?.resultStamp).toBe(below?.resultStamp);
  expect(above?.resultLeftMs).toBeLessThanOrEqual(below?.resultLeftMs ?? 0);
  expect(above?.resultLeftMs).toBeGreaterThan((below?.resultLeftMs ?? 0) - 1_000);
});

it("what waits in a pool for long waits in the parent too, can be started in one of them only, and comes back", async () => {
  const family = new Family();
  await family.bridge();
  const asked = family.ask(family.child, 4);
  await family.clock.advance(5_000);
  expect(await family.parent.locate([asked.id])).toEqual(["queued"]);
  expect(await family.child.inspectRequest(asked.id)).toMatchObject({ state: "suspended" });
  await family.work(family.child);
  await family.clock.advance(100);
  expect(asked.outcome).toBe("=8");
  const { counters, queued } = await family.parent.inspect();
  expect([queued, counters["recalled"], counters["claimed"] ?? 0]).toEqual([0, 1, 0]);
});

it("what waits behind busy members goes up by half, and a round later", async () => {
  const family = new Family();
  await family.bridge();
  await family.hold(family.child, 1);
  const ids = [4, 5, 6, 7].map((x) => family.ask(family.child, x).id);
  await family.clock.advance(90);
  expect(await family.parent.locate(ids)).toEqual(ids.map(() => "unknown"));
  await family.clock.advance(1_000);
  expect(await family.parent.locate(ids)).toEqual(["unknown", "unknown", "queued", "queued"]);
});

it("what only the parent can evaluate goes up in the order of the pool: the highest priority first, then the oldest", async () => {
  const family = new Family();
  await family.bridge();
  await family.hold(family.parent, 1);
  await family.clock.advance(1_000);
  const ids = [10, 11, 12, 13, 14, 15, 16].map((x) => family.ask(family.child, x).id);
  const first = family.ask(family.child, 17, 3).id;
  await family.clock.advance(1_000);
  const places = await family.parent.locate([first, ...ids]);
  expect(places).toEqual(["queued", "queued", "queued", "queued", "unknown", "unknown", "unknown", "unknown"]);
});

it("what may be carried is found behind many requests that must stay", async () => {
  const family = new Family();
  await family.bridge("child", { carries: (functionName) => functionName === "double" });
  await family.hold(family.child, 1);
  const submissions = Array.from({ length: 300 }, (_, x) => {
    const { payload, canonical } = encodeRequest([x === 0 ? "double" : "halve", x], 1_000);
    return { id: requestId(canonical), payload };
  });
  await family.child.join({
    ...{ id: "other", kind: "worker", leaseMs: 600_000, description: {} },
    functions: new Map([
      ["double", "1"],
      ["halve", "1"],
    ]),
  });
  await family.clock.advance(1_000);
  await family.child.submit({ process: "caller", leaseMs: 600_000, queueLimit: 0, submissions });
  await family.volunteer(family.parent);
  await family.clock.advance(1_000);
  expect(await family.parent.locate([submissions[0]?.id ?? ""])).toEqual(["claimed"]);
});

it("what a busy parent does not get to for seconds comes back, and is next here", async () => {
  const family = new Family();
  await family.bridge();
  await family.hold(family.child, 1);
  await family.hold(family.parent, 2);
  const ids = [4, 5, 6, 7].map((x) => family.ask(family.child, x).id);
  await family.clock.advance(1_000);
  expect(await family.parent.locate(ids)).toEqual(["unknown", "unknown", "queued", "queued"]);
  for (let x = 100; x < 120; x += 1) family.ask(family.parent, x);
  for (let second = 0; second < 6; second += 1) {
    await family.clock.advance(1_000);
    await family.claimOne(family.parent);
  }
  expect(ids.slice(2)).toContain(await family.claimOne(family.child));
});

it("what a worker here waits for comes back when a busy parent has not started it for a second", async () => {
  const family = new Family();
  await family.bridge();
  await family.hold(family.child, 1);
  await family.hold(family.parent, 2);
  const ids = [4, 5].map((x) => family.ask(family.child, x).id);
  await family.clock.advance(1_000);
  expect(await family.parent.locate(ids)).toEqual(["unknown", "queued"]);
  const { payload } = encodeRequest(["double", 5], 1_000);
  const submissions = [{ id: ids[1] ?? "", payload }];
  await family.child.submit({ process: "slow", worker: "slow", leaseMs: 0, queueLimit: 0, submissions });
  await family.clock.advance(1_500);
  expect((await family.child.locate(ids))[1]).toBe("queued");
});

it("an error of a function is its outcome, whatever its code", async () => {
  const family = new Family();
  await family.bridge();
  await family.volunteer(family.parent);
  const asked = family.ask(family.child, 4);
  await family.clock.advance(500);
  const outcome = encodeError({ msg: "the pool of its own is full", code: "POOL_FULL", req: "" });
  await family.parent.complete("slow", [{ id: asked.id, outcome, ttlMs: 0, stamp: "" }], []);
  await family.clock.advance(500);
  expect(asked.outcome).toBe(outcome);
});

it("a request that comes home while others wait for it in the other pool goes on for them at once", async () => {
  const family = new Family();
  await family.bridge();
  await family.volunteer(family.child);
  const above = family.ask(family.parent, 4);
  await family.clock.advance(500);
  expect(await family.child.inspectRequest(above.id)).toMatchObject({ owner: "slow" });
  const below = family.ask(family.child, 4);
  await family.volunteer(family.parent);
  await family.clock.advance(500);
  await family.child.release("slow", [above.id]);
  await family.clock.advance(500);
  expect(await family.parent.inspectRequest(above.id)).toMatchObject({ owner: "slow" });
  expect(await family.claimOne(family.child)).toBe(below.id);
});

it("a pool that has lost its memory is joined again as soon as something waits there", async () => {
  const family = new Family();
  await family.bridge();
  await family.work(family.parent);
  await family.clock.advance(1_000);
  family.child.empty();
  const asked = family.ask(family.child, 4);
  await family.clock.advance(50);
  expect(asked.outcome).toBe("=8");
});

it("what the parent's worker does is completed here, errors too", async () => {
  const family = new Family();
  await family.bridge();
  await family.work(family.parent);
  const asked = [family.ask(family.child, 4), family.ask(family.child, -1)];
  await family.clock.advance(2_000);
  expect(asked[0]?.outcome).toBe("=8");
  expect(asked[1]?.outcome).toContain("Icky value -1");
  const { members, counters } = await family.child.inspect();
  expect(counters["completed"]).toBe(2);
  expect(members.map(({ running }) => running)).toEqual([0]);
});

it("volunteers above are given at once what would be started last here, no more than they want, and no worker starts it here too", async () => {
  const family = new Family();
  await family.bridge();
  await family.hold(family.child, 9);
  await family.volunteer(family.parent);
  const asked = [family.ask(family.child, 4), family.ask(family.child, 5)];
  const ids = asked.map(({ id }) => id);
  await family.clock.next();
  while (!(await family.parent.locate(ids)).includes("claimed")) await family.clock.next();
  expect(await family.parent.locate(ids)).toEqual(["unknown", "claimed"]);
  expect(await family.child.locate(ids)).toEqual(["queued", "claimed"]);
});

it("what is started above is held here, and free again when the bridge is taken down", async () => {
  const family = new Family();
  const bridge = await family.bridge();
  await family.volunteer(family.parent);
  const asked = family.ask(family.child, 4);
  await family.clock.advance(1_000);
  expect(await family.parent.inspectRequest(asked.id)).toMatchObject({ owner: "slow" });
  const owner = bridge.id.replace("child/", "");
  expect(await family.child.inspectRequest(asked.id)).toMatchObject({ owner, state: "suspended" });
  await bridge.stop();
  expect(await family.child.inspectRequest(asked.id)).toMatchObject({ owner: undefined, losses: 0 });
  await family.clock.advance(0);
  expect(await family.parent.locate([asked.id])).toEqual(["unknown"]);
  await family.work(family.child);
  await family.clock.advance(100);
  expect(asked.outcome).toBe("=8");
});

it("what came down and no worker starts goes back to the parent", async () => {
  const family = new Family();
  await family.bridge();
  const { epoch } = await family.child.join({
    id: "deaf",
    kind: "worker",
    leaseMs: 600_000,
    description: {},
    functions: new Map([["double", "1"]]),
  });
  // idle, and never to be given the function that it announces
  const claim = { worker: "deaf", max: 1, budgetMicros: 1, epoch, reach: "roots" as const, volunteerFor: 1 };
  await family.child.claim({ ...claim, skips: ["double"] });
  await family.clock.advance(2_000);
  const asked = family.ask(family.parent, 4);
  await family.clock.advance(500);
  expect(await family.parent.inspectRequest(asked.id)).toMatchObject({ state: "suspended" });
  await family.clock.advance(1_500);
  expect(await family.parent.inspectRequest(asked.id)).toMatchObject({ state: "queued", losses: 0 });
  expect(await family.child.locate([asked.id])).toEqual(["unknown"]);
});

it("refuses a parent that is the pool itself, and a place of a parent without its name", async () => {
  const { statekeeper } = new Family();
  const own = startDistributor({ pool: "child", parent: "child", statekeeper });
  await expect(own).rejects.toMatchObject({ code: "INVALID_OPTION", message: expect.stringContaining("own parent") });
  const nameless = startDistributor({ pool: "child", parentUrl: "redis://localhost:1", statekeeper });
  await expect(nameless).rejects.toThrow(/name it with parent/);
});

it("what crosses can be decided by who starts the distributor", async () => {
  const family = new Family();
  const nothing = { recall: 0, carry: undefined };
  let isOpen = false;
  await family.bridge("child", {
    take: () => nothing,
    hoist: (sight) => (isOpen ? localPolicy.hoist(sight) : nothing),
    carries: (functionName, direction) => functionName === "double" && direction === "up",
  });
  await family.work(family.parent);
  const below = family.ask(family.child, 4);
  await family.clock.advance(3_000);
  expect(below.outcome).toBeUndefined();
  isOpen = true;
  await family.clock.advance(3_000);
  expect(below.outcome).toBe("=8");
});

it("requests of functions that only another pool has go up to it, and those that no pool has are refused", async () => {
  const family = new Family();
  const sibling = family.statekeeper.pool("sibling");
  await Promise.all([family.bridge(), family.bridge("sibling")]);
  const workers = await Promise.all([family.work(family.child, { halve: (x: number) => x / 2 }), family.work(sibling)]);
  await family.clock.advance(3_000);
  const [doubled, halved, lacked] = [
    family.ask(family.child, 4),
    family.ask(sibling, 4, 0, "halve"),
    family.ask(family.child, 4, 0, "square"),
  ];
  await family.clock.advance(500);
  expect([doubled.outcome, halved.outcome]).toEqual(["=8", "=2"]);
  expect(workers.map(({ evaluated }) => evaluated)).toEqual([['["halve",4]'], ['["double",4]']]);
  expect(lacked.outcome).toContain("UNKNOWN_FUNCTION");
});

it("another version of a function that only the parent has is taken over, and a member's own is kept", async () => {
  const family = new Family();
  await family.bridge();
  const joinParent = (version: string) =>
    family.parent.join({
      ...{ id: "above", kind: "worker", leaseMs: 600_000, description: {} },
      functions: new Map([
        ["cube", version],
        ["double", "other"],
      ]),
    });
  await family.work(family.child);
  const versionsBelow = async (): Promise<unknown[]> => {
    await family.clock.advance(3_000);
    const { functions: known } = await family.child.functions();
    return ["cube", "double"].map((name) => known.get(name)?.version);
  };
  const own = (await family.child.functions()).functions.get("double")?.version;
  await joinParent("1");
  expect(await versionsBelow()).toEqual(["1", own]);
  await joinParent("2");
  expect(await versionsBelow()).toEqual(["2", own]);
});

it("a deadline goes along, and so does cancellation", async () => {
  const family = new Family();
  await family.bridge();
  await family.volunteer(family.child);
  const asked = family.ask(family.parent, 4);
  await family.clock.advance(1_000);
  const below = await family.child.inspectRequest(asked.id);
  expect(below?.owner).toBe("slow");
  expect(below?.timeoutMs).toBeGreaterThan(50_000);
  expect(below?.timeoutMs).toBeLessThan(60_000);
  asked.withdraw();
  await family.clock.advance(500);
  expect(await family.child.inspectRequest(asked.id)).toBeUndefined();
  expect(await family.parent.inspectRequest(asked.id)).toBeUndefined();
});

it("a longer deadline and a higher priority follow what was carried already", async () => {
  const family = new Family();
  await family.bridge();
  await family.volunteer(family.child);
  const { id } = family.ask(family.parent, 4);
  await family.clock.advance(5_000);
  family.ask(family.parent, 4, 3);
  await family.clock.advance(100);
  expect(family.child.dump().requests[id]).toMatchObject({ owner: "slow", priority: 3 });
  expect((await family.child.inspectRequest(id))?.timeoutMs).toBeGreaterThan(59_000);
});

it("a priority goes along, up and down", async () => {
  const family = new Family();
  await family.bridge();
  await family.volunteer(family.child);
  const above = family.ask(family.parent, 4, 3);
  await family.clock.advance(1_000);
  expect(family.child.dump().requests[above.id]).toMatchObject({ owner: "slow", priority: 3 });
  const below = family.ask(family.child, 5, -2);
  await family.clock.advance(3_000);
  expect(family.parent.dump().requests[below.id]).toMatchObject({ priority: -2 });
});

it("what differing pools would evaluate in vain is left to the own workers once, and delivered if they do not get to it", async () => {
  const family = new Family();
  await family.bridge();
  const join = (pool: PoolKeeper, id: string, tax: string) =>
    pool.join({
      ...{ id, kind: "worker", leaseMs: 600_000, description: {} },
      functions: new Map([
        ["double", "1"],
        ["tax", tax],
      ]),
    });
  await join(family.child, "busy", "1");
  await family.clock.advance(2_000);
  await join(family.parent, "above", "2");
  const volunteer = async (): Promise<void> => {
    const { epoch } = await family.parent.functions();
    const claim = { worker: "above", max: 1, budgetMicros: 1, epoch, skips: [], reach: "roots" as const };
    await family.parent.claim({ ...claim, volunteerFor: 1 });
    await family.clock.advance(1_000);
  };
  await volunteer();
  const asked = family.ask(family.child, 4);
  await family.clock.advance(1_000);
  const made = { id: asked.id, outcome: "=8" as const, ttlMs: 600_000, stamp: "1#0,tax@2" };
  await family.parent.complete("above", [made], []);
  await family.clock.advance(5_000);
  expect(await family.child.locate([asked.id])).toEqual(["queued"]);
  await family.clock.advance(6_000);
  await volunteer();
  expect(asked.outcome).toBe("=8");
  expect(await family.child.inspectRequest(asked.id)).toBeUndefined();
});
