/** Facts of what a pool does for the bridge to its parent: hoist, locate, seize, and claims that pass over what the bridge waits for. */
import { expect, it } from "vitest";
import {
  claimNames,
  idOf,
  joinWorkers,
  longLeaseMs,
  measure,
  payloadOf,
  type SetStage,
  type Stage,
  submitByClient,
  submitByWorker,
} from "./stage.ts";
import { expectChanges, expectNoChange } from "./whole-state.ts";

const a = idOf("a");
const b = idOf("b");
const c = idOf("c");

interface Wish {
  readonly limit?: number;
  readonly except?: readonly string[];
}

async function hoistNames({ pool }: Stage, { limit = 10, except = [] }: Wish = {}): Promise<string[]> {
  const { copies } = await pool.hoist({ process: "d1", limit, except });
  return copies.map(({ id }) => id.replace(/_+$/, ""));
}

async function setQueued(setStage: SetStage, ...names: readonly string[]): Promise<Stage> {
  const stage = await setStage();
  await submitByClient(stage.pool, "c1", ...names);
  return stage;
}

export function hoistingFacts(setStage: SetStage): void {
  it("what is queued last is copied, in the order of the queue, and stays where it is", async () => {
    const stage = await setQueued(setStage, "a", "b", "c");
    const reply = await expectNoChange(stage, () => stage.pool.hoist({ process: "d1", limit: 2, except: [] }));
    const copy = { mode: "use", timeoutMs: 0, losses: 0, priority: 0 };
    expect(reply).toEqual({
      queued: 3,
      wanted: 0,
      copies: [
        { id: b, payload: payloadOf("b"), ...copy },
        { id: c, payload: payloadOf("c"), ...copy },
      ],
    });
  });

  it("what was copied before is passed over, however much of it lies at the end", async () => {
    const stage = await setQueued(setStage, "a", "b", "c");
    expect(await hoistNames(stage, { limit: 1, except: [b, c] })).toEqual(["a"]);
  });

  it("a copy tells how long the outcome is wanted", async () => {
    const stage = await setStage();
    const submissions = [{ id: a, payload: payloadOf("a"), timeoutMs: longLeaseMs, mode: "bypass" as const }];
    await stage.pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions });
    const [copy] = (await stage.pool.hoist({ process: "d1", limit: 1, except: [] })).copies;
    expect(copy?.mode).toBe("bypass");
    expect(copy?.timeoutMs).toBeGreaterThan(longLeaseMs - 60_000);
  });

  it("the longest own queue is copied from its head, once the pool's queue has no more", async () => {
    const stage = await setQueued(setStage, "a");
    await joinWorkers(stage.pool, "w1");
    await submitByWorker(stage.pool, "w1", "b", "c");
    expect(await hoistNames(stage)).toEqual(["a", "b", "c"]);
    expect(await hoistNames(stage, { limit: 2 })).toEqual(["a", "b"]);
  });

  it("nothing is copied that is claimed, or that nobody waits for", async () => {
    const stage = await setQueued(setStage, "a", "b");
    await joinWorkers(stage.pool, "w1");
    await measure(stage.pool, "work", 1);
    await claimNames(stage.pool, "w1", { max: 1 });
    expect(await hoistNames(stage)).toEqual(["b"]);
    await stage.pool.leave("c1");
    expect(await hoistNames(stage)).toEqual([]);
  });

  it("it tells what the volunteers ask for, but for the one that asks", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2", "d1");
    for (const [worker, volunteerFor] of Object.entries({ w1: 2, w2: 3, d1: 4 })) {
      await claimNames(stage.pool, worker, { volunteerFor });
    }
    expect(await stage.pool.hoist({ process: "d1", limit: 0, except: [] })).toMatchObject({ wanted: 5, copies: [] });
  });

  it("a request is located on a queue, at its worker, or nowhere", async () => {
    const stage = await setQueued(setStage, "a", "b");
    await joinWorkers(stage.pool, "w1");
    await claimNames(stage.pool, "w1", { max: 1 });
    const places = await expectNoChange(stage, () => stage.pool.locate([c, a, b]));
    expect(places).toEqual(["unknown", "claimed", "queued"]);
    expect(await stage.pool.locate([])).toEqual([]);
  });

  it("what is seized is held as suspended, and nobody draws it any more", async () => {
    const stage = await setQueued(setStage, "a", "b");
    await joinWorkers(stage.pool, "w1", "d1");
    const held = await expectChanges(stage, () => stage.pool.seize("d1", [a, c]), {
      requests: { [a]: { owner: "d1", isClaimed: true, suspended: "" } },
      running: { d1: [a] },
      counted: { seized: 1 },
    });
    expect(held).toEqual([a]);
    expect(await expectNoChange(stage, () => stage.pool.seize("d1", [a]))).toEqual([a]);
    await measure(stage.pool, "work", 1);
    expect(await claimNames(stage.pool, "w1")).toEqual(["b"]);
  });

  it("what another holds is not seized, and a process that is no member seizes nothing", async () => {
    const stage = await setQueued(setStage, "a");
    await joinWorkers(stage.pool, "w1", "d1");
    await expectNoChange(stage, () => stage.pool.seize("stranger", [a]));
    await claimNames(stage.pool, "w1");
    expect(await expectNoChange(stage, () => stage.pool.seize("d1", [a]))).toEqual([]);
  });

  it("what was seized goes back without a loss when its holder dies", async () => {
    const stage = await setQueued(setStage, "a");
    await joinWorkers(stage.pool, "d1", "w1");
    await stage.pool.seize("d1", [a]);
    await stage.pool.bury("d1", {}, 1);
    expect((await stage.dump()).requests[a]).toMatchObject({ owner: null, losses: 0 });
    expect(await claimNames(stage.pool, "w1")).toEqual(["a"]);
  });

  it("a claim that is closed to what its worker waits for passes that over, and leaves it where it is", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "d1", "w1");
    await measure(stage.pool, "work", 1);
    await submitByClient(stage.pool, "d1", "a");
    await submitByClient(stage.pool, "c1", "b");
    expect(await claimNames(stage.pool, "d1", { isClosedToOwn: true })).toEqual(["b"]);
    expect(await claimNames(stage.pool, "d1", { isClosedToOwn: true, volunteerFor: 1 })).toEqual([]);
    expect(await claimNames(stage.pool, "w1")).toEqual(["a"]);
  });

  it("a volunteer that is closed to what it waits for is not given it, and gets what comes after", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "d1");
    await claimNames(stage.pool, "d1", { isClosedToOwn: true, volunteerFor: 5 });
    await submitByClient(stage.pool, "d1", "a");
    expect((await stage.dump()).volunteers).toMatchObject([{ worker: "d1", isClosedToOwn: true }]);
    await submitByClient(stage.pool, "c1", "b");
    expect((await stage.dump()).running).toEqual({ d1: [b] });
    expect((await stage.dump()).callerQueues).toEqual({ "0:d1": [a] });
  });
}
