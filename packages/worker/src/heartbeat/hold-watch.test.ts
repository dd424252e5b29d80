/** What a worker has in hand while its code does not yield, as a second thread sees it that looks at just that time. */
import { define, requestId } from "@callgrid/core";
import type { ClaimReply, ClaimRequest, PoolKeeper } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { Gate } from "../../../../test/harness/gate.ts";
import { setWorkerStage, type WorkerStage } from "../../../../test/harness/worker-stage.ts";
import { callReentrant } from "../evaluation/request-context.ts";
import { HoldBoard, lookEveryMs } from "./hold-board.ts";
import { HoldWatch, standDown } from "./hold-watch.ts";

const worker = "stuck";

function setWatchedStage() {
  const stage = setWorkerStage();
  const board = new HoldBoard();
  const watch = new HoldWatch({ board, keeper: stage.pool, worker });
  return { stage, holds: board.memory, watch };
}

/** A keeper whose replies with claims come after a wait. */
function replyingAfter(wait: (reply: ClaimReply) => Promise<void>): (pool: PoolKeeper) => PoolKeeper {
  return (pool) =>
    new Proxy(pool, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key);
        if (key !== "claim") return typeof member === "function" ? member.bind(target) : member;
        return async (...args: Parameters<PoolKeeper["claim"]>): Promise<ClaimReply> => {
          const reply = await target.claim(...args);
          await wait(reply);
          return reply;
        };
      },
    });
}

/** A keeper whose replies with claims come when `isRead` resolves. */
function delayed(isRead: Promise<void>): (pool: PoolKeeper) => PoolKeeper {
  return replyingAfter(async ({ claims }) => {
    if (claims.length > 0) await isRead;
  });
}

/** So that a claim takes many. */
async function warmUp({ grid, clock }: WorkerStage): Promise<void> {
  const warm = grid.enqueueAll(
    "pool",
    Array.from({ length: 200 }, (_, id): [string, string, number] => ["work", "warm", id]),
  );
  await clock.advance(2_000);
  await warm;
}

it("what was claimed with code that does not yield goes back, and is started once", async () => {
  const { stage, holds, watch } = setWatchedStage();
  const evaluated: number[] = [];
  const work = define("work", { cache: false }, (kind: string, id: number) => {
    if (kind !== "warm") evaluated.push(id);
    if (kind === "long") for (const _ of [1, 2]) void watch.look();
    return id;
  });
  await stage.startWorker(work, { id: worker, holds });
  await warmUp(stage);
  const requests = Array.from({ length: 9 }, (_, id): [string, string, number] => ["work", id === 4 ? "long" : "", id]);
  const values = stage.grid.enqueueAll("pool", requests);
  await stage.clock.advance(1_000);
  expect(await values).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const { counters } = await stage.pool.inspect();
  expect(counters["released"]).toBeGreaterThanOrEqual(4);
  expect(evaluated.filter((id) => id >= 4)).toEqual([4, 5, 6, 7, 8]);
});

it("what is done and not handed in goes back with it, and its outcome counts all the same", async () => {
  const { stage, holds, watch } = setWatchedStage();
  const work = define("work", { cache: false }, (kind: string, id: number) => {
    if (kind === "long") for (const _ of [1, 2]) void watch.look();
    return id;
  });
  await stage.startWorker(work, { id: worker, holds });
  await warmUp(stage);
  const requests = Array.from({ length: 5 }, (_, id): [string, string, number] => ["work", id === 4 ? "long" : "", id]);
  const values = stage.grid.enqueueAll("pool", requests);
  await stage.clock.advance(1_000);
  expect(await values).toEqual([0, 1, 2, 3, 4]);
  expect((await stage.pool.inspect()).counters["released"]).toBeGreaterThan(0);
});

it("claims that lie in a connection which nothing reads go back, and are not taken in when they are read at last", async () => {
  const { stage, holds, watch } = setWatchedStage();
  let read: () => void = () => undefined;
  const isRead = new Promise<void>((resolve) => {
    read = resolve;
  });
  let places: string[] = [];
  const workOf = (place: string) => define("work", () => places.push(place));
  const value = stage.grid.enqueue("pool", ["work"], { timeoutMs: 60_000 });
  await stage.clock.advance(10);
  await stage.startWorker(workOf("here"), { id: worker, holds, through: delayed(isRead) });
  await stage.clock.advance(10);
  for (const _ of [1, 2]) await watch.look();
  await stage.startWorker(workOf("elsewhere"));
  await stage.clock.advance(100);
  expect(await value).toBe(1);
  read();
  await stage.clock.advance(100);
  expect(places).toEqual(["elsewhere"]);
  places = [];
  expect((await stage.pool.inspect()).counters["released"]).toBe(1);
});

it("nothing goes back from a worker that goes on", async () => {
  const { stage, holds, watch } = setWatchedStage();
  const work = define("work", { cache: false }, (kind: string, id: number) => {
    if (kind === "") void watch.look();
    return id;
  });
  await stage.startWorker(work, { id: worker, holds });
  await warmUp(stage);
  const values = stage.grid.enqueueAll(
    "pool",
    Array.from({ length: 100 }, (_, id): [string, string, number] => ["work", "", id]),
  );
  await stage.clock.advance(1_000);
  await values;
  expect((await stage.pool.inspect()).counters["released"] ?? 0).toBe(0);
});

it("a claim whose reply is slow stays with a worker whose event loop turns", async () => {
  const { stage, holds, watch } = setWatchedStage();
  let isSlow = true;
  const slowly = async (): Promise<void> => {
    if (isSlow) await new Promise<void>((resolve) => stage.clock.after(3 * lookEveryMs, resolve));
  };
  const value = stage.grid.enqueue("pool", ["work"], { timeoutMs: 60_000 });
  await stage.clock.advance(10);
  await stage.startWorker(
    define("work", () => "done"),
    { id: worker, holds, through: replyingAfter(slowly) },
  );
  for (let look = 0; look < 8; look += 1) {
    await stage.clock.advance(lookEveryMs);
    await watch.look();
  }
  isSlow = false;
  await stage.clock.advance(3 * lookEveryMs);
  expect(await value).toBe("done");
  expect((await stage.pool.inspect()).counters["released"] ?? 0).toBe(0);
});

it("what is addressed to the worker is not given back, done or not", async () => {
  const { stage, holds, watch } = setWatchedStage();
  const work = define("work", { cache: false }, (kind: string, id: number) => {
    if (kind === "long") for (const _ of [1, 2]) void watch.look();
    return id;
  });
  await stage.startWorker(work, { id: worker, holds });
  await warmUp(stage);
  const requests = Array.from({ length: 5 }, (_, id): [string, string, number] => ["work", id === 2 ? "long" : "", id]);
  const values = stage.grid.enqueueAll(`pool/${worker}`, requests);
  await stage.clock.advance(1_000);
  expect(await values).toEqual([0, 1, 2, 3, 4]);
});

it("of claims that nothing reads, what is addressed to the worker stays, and the rest goes back", async () => {
  const { pool, grid, clock } = setWorkerStage();
  const functions = new Map([["work", "v1"]]);
  const { epoch } = await pool.join({ id: worker, kind: "worker", leaseMs: 60_000, description: {}, functions });
  for (const place of [`pool/${worker}`, "pool"]) void grid.enqueue(place, ["work"]).catch(() => undefined);
  await clock.advance(10);
  const board = new HoldBoard();
  board.beginClaim();
  await pool.claim({ worker, ...standDown, max: 1, budgetMicros: 1e9, reach: "roots", epoch });
  const isRunning = async () => (await pool.inspect()).members.map(({ running }) => running);
  expect(await isRunning()).toEqual([2]);
  const watch = new HoldWatch({ board, keeper: pool, worker });
  for (const _ of [1, 2]) await watch.look();
  expect(await isRunning()).toEqual([1]);
  expect((await pool.inspect()).counters["released"]).toBe(1);
});

it("what is given to a volunteer goes back while a function that goes on there never yields", async () => {
  const { stage, holds, watch } = setWatchedStage();
  const places: string[] = [];
  const gate = new Gate();
  const workAt = (place: string) => define("work", { cache: false }, () => places.push(place));
  const first = define("first", () => gate.pass());
  const long = define("long", async () => {
    await callReentrant([["first"]]);
    const submissions = [{ id: requestId('["work"]'), payload: '["work"]' }];
    void stage.pool.submit({ process: "caller", leaseMs: 60_000, queueLimit: 0, submissions });
    for (const _ of [1, 2]) void watch.look();
  });
  await stage.startWorker([long, workAt("here")], { id: worker, holds });
  await stage.startWorker([first, workAt("elsewhere")]);
  const value = stage.grid.enqueue("pool", ["long"]);
  await stage.clock.advance(10);
  expect((await stage.pool.inspect()).members.find(({ id }) => id === worker)?.isVolunteer).toBe(true);
  gate.open();
  await stage.clock.advance(1_000);
  await value;
  expect(places).toEqual(["elsewhere"]);
});

it("a worker that volunteers before the pool has carried out a takeback is a volunteer afterwards", async () => {
  const stage = setWorkerStage();
  const board = new HoldBoard();
  const [reply, takeback] = [new Gate(), new Gate()];
  const stuck = replyingAfter(() => reply.pass());
  const slow = new Proxy(stage.pool, {
    get: (target, key) => {
      if (key === "claim") return async (request: ClaimRequest) => takeback.pass().then(() => target.claim(request));
      const member: unknown = Reflect.get(target, key);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  const watch = new HoldWatch({ board, keeper: slow, worker });
  await stage.startWorker(
    define("work", () => "done"),
    { id: worker, holds: board.memory, through: stuck },
  );
  await reply.reached;
  await watch.look();
  const looked = watch.look();
  await takeback.reached;
  reply.open();
  await stage.clock.advance(50);
  takeback.open();
  await looked;
  await stage.clock.advance(1_000);
  expect((await stage.pool.inspect()).members).toMatchObject([{ id: worker, isVolunteer: true }]);
});

it("a claim that is under way when its worker drains has nothing noted once it has come", async () => {
  const stage = setWorkerStage();
  const board = new HoldBoard();
  const [running, reply] = [new Gate(), new Gate()];
  const isLate = replyingAfter(async ({ claims }) => {
    if (claims.length === 0 && running.arrivals > 0) await reply.pass();
  });
  const started = await stage.startWorker(
    define("long", () => running.pass()),
    { id: worker, slots: 2, holds: board.memory, through: isLate },
  );
  const value = stage.grid.enqueue("pool", ["long"]);
  await stage.clock.advance(100);
  await reply.reached;
  const drained = started.drain(60_000);
  reply.open();
  await stage.clock.advance(100);
  const { changes } = board;
  await stage.clock.advance(1_000);
  expect(board.changes).toBe(changes);
  running.open();
  await stage.clock.advance(1_000);
  await Promise.all([value, drained]);
});
