/** What a worker does before it is a member of its pool. */
import { define, resolveOptions, VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { Gate } from "../../../test/harness/gate.ts";
import { losingJoins } from "../../../test/harness/losing-joins.ts";
import { withMethod } from "../../../test/harness/with-method.ts";
import { setWorkerStage } from "../../../test/harness/worker-stage.ts";
import { context } from "./evaluation/request-context.ts";
import { FunctionRegistry } from "./functions/function-registry.ts";
import { TimerHeartbeat } from "./heartbeat/heartbeat.ts";
import { startWorker } from "./start-worker.ts";
import { Worker } from "./worker.ts";
import { workerOptions } from "./worker-options.ts";

it("a worker works before its heartbeat beats, and a long calculation at once is not its death", async () => {
  const clock = new VirtualClock();
  const statekeeper = new MemoryStatekeeper({ clock, grid: "test" });
  onTestFinished(() => statekeeper.close());
  const keeper = statekeeper.pool("pool");
  let letBeat = (): void => undefined;
  class SlowHeartbeat extends TimerHeartbeat {
    override readonly startUpMs = 15_000;
    protected override async begin(): Promise<void> {
      await new Promise<void>((resolve) => {
        letBeat = resolve;
      });
      await super.begin();
    }
  }
  const worker = new Worker({
    id: "w",
    keeper,
    registry: new FunctionRegistry([define("one", () => 1).definition]),
    options: resolveOptions(workerOptions, {}, "worker"),
    clock,
    log: pino({ level: "silent" }),
    description: {},
    capabilities: { tags: [], memoryMb: 1_000, cpus: 1, score: 1 },
    makeHeartbeat: (options) => new SlowHeartbeat(options, { keeper, clock }),
  });
  const started = worker.start();
  await clock.advance(1_000);
  expect((await keeper.inspect()).members).toMatchObject([{ id: "w", isVolunteer: true }]);
  await clock.advance(23_000);
  await keeper.sweep({ process: "other", headLeaseMs: 0, maxAttempts: 3, limit: 100 });
  expect((await keeper.inspect()).members).toMatchObject([{ id: "w" }]);
  letBeat();
  await started;
  await clock.advance(9_000);
  expect((await keeper.inspect()).members).toMatchObject([{ id: "w" }]);
  await worker.stop();
});

it("a worker whose joining fails is not a member, although the pool had it for one", async () => {
  const stage = setWorkerStage();
  const functions = define("one", () => 1);
  const started = startWorker({
    ...{ pool: "pool", functions, clock: stage.clock, log: pino({ level: "silent" }) },
    statekeeper: losingJoins(stage.statekeeper),
  });
  await expect(started).rejects.toThrow("the reply is lost");
  const { members, counters } = await stage.pool.inspect();
  expect([members, counters["joined-members"]]).toEqual([[], 1]);
});

it("a worker evaluates nothing before it has reported that it is up, however slowly the pool takes notes", async () => {
  const stage = setWorkerStage();
  const events: string[] = [];
  const evaluated = stage.grid.enqueue("pool", ["one"]);
  const { clock } = stage;
  const noteCode = () => new Promise<void>((resolve) => clock.after(1_000, resolve));
  const worker = new Worker({
    id: "w",
    keeper: withMethod(stage.pool, "noteCode", noteCode),
    registry: new FunctionRegistry(
      [define("one", () => events.push("evaluated")).definition],
      new Map([["1", { files: {}, packages: [] }]]),
    ),
    options: resolveOptions(workerOptions, {}, "worker"),
    ...{ clock, log: pino({ level: "silent" }), description: {} },
    capabilities: { tags: [], memoryMb: 1_000, cpus: 1, score: 1 },
    makeHeartbeat: (options) => new TimerHeartbeat(options, { keeper: stage.pool, clock }),
  });
  onTestFinished(() => worker.stop());
  const started = worker.start().then(() => events.push("up"));
  await clock.advance(5_000);
  await Promise.all([started, evaluated]);
  expect(events).toEqual(["up", "evaluated"]);
});

it("a worker that drains is hurried by a drain with less time", async () => {
  const stage = setWorkerStage();
  const gate = new Gate();
  const worker = await stage.startWorker(define("hold", () => gate.pass()));
  void stage.grid.enqueue("pool", ["hold"]).catch(() => undefined);
  await gate.reached;
  let hasClosed = false;
  void worker.closed.then(() => {
    hasClosed = true;
  });
  void worker.drain(86_400_000);
  await stage.clock.advance(60_000);
  expect(hasClosed).toBe(false);
  void worker.drain(100);
  await stage.clock.advance(100);
  expect(hasClosed).toBe(true);
});

describe("a worker's name", () => {
  it("addresses it, and is refused to another worker while it is alive", async () => {
    const stage = setWorkerStage();
    const where = define("where", { cache: false }, (_n: number) => context().worker);
    const worker = await stage.startWorker(where, { name: "gpu-1" });
    await stage.startWorker(where);
    expect(worker.id).toBe("pool/gpu-1");
    expect(
      new Set(
        await stage.grid.enqueueAll("pool/gpu-1", [
          ["where", 1],
          ["where", 2],
          ["where", 3],
        ]),
      ),
    ).toEqual(new Set(["pool/gpu-1"]));
    await expect(stage.startWorker(where, { name: "gpu-1" })).rejects.toThrow(
      /startWorker\.name: pool "pool" has a member "gpu-1" already, process \d+ on .*; if that has died/,
    );
    await worker.stop();
    expect((await stage.startWorker(where, { name: "gpu-1" })).id).toBe("pool/gpu-1");
  });

  it("is given to one of two workers that start at the same time", async () => {
    const stage = setWorkerStage();
    const where = define("where", { cache: false }, (_n: number) => context().worker);
    const starts = await Promise.allSettled([1, 2].map(() => stage.startWorker(where, { name: "gpu-1" })));
    const refusals = starts.flatMap((start) => (start.status === "rejected" ? [String(start.reason)] : []));
    expect(refusals).toEqual([expect.stringMatching(/pool "pool" has a member "gpu-1" already/)]);
    await stage.clock.advance(20_000);
    expect((await stage.pool.inspect()).members.map(({ id }) => id)).toEqual(["gpu-1"]);
    expect(await stage.grid.enqueue("pool/gpu-1", ["where", 1])).toBe("pool/gpu-1");
  });

  it("that another worker has taken meanwhile ends the one that was away for too long", async () => {
    const stage = setWorkerStage();
    const where = define("where", { cache: false }, (_n: number) => context().worker);
    const first = await stage.startWorker(where, { name: "gpu-1" });
    await stage.pool.renew("gpu-1", -1);
    const second = await stage.startWorker(where, { name: "gpu-1" });
    await stage.clock.advance(10_000);
    await first.closed;
    expect(first.endedBy?.message).toContain('has a member "gpu-1" already');
    expect((await stage.pool.inspect()).members.map(({ id }) => id)).toEqual(["gpu-1"]);
    await second.stop();
    expect((await stage.pool.inspect()).members).toEqual([]);
  });

  it("stays with the worker that has it, a volunteer still, when another is refused", async () => {
    const { pool: keeper, clock, ...stage } = await stageWithVolunteer("gpu-1");
    const worker = new Worker({
      ...{ id: "gpu-1", instance: "another", keeper, clock, log: stage.log, description: {} },
      registry: new FunctionRegistry([define("one", () => 1).definition]),
      options: resolveOptions(workerOptions, {}, "worker"),
      capabilities: { tags: [], memoryMb: 1_000, cpus: 1, score: 1 },
      makeHeartbeat: (options) => new TimerHeartbeat(options, { keeper, clock }),
    });
    await expect(worker.start()).rejects.toThrow('has a member "gpu-1" already');
    await worker.stop();
    expect((await keeper.inspect()).members).toMatchObject([{ id: "gpu-1", isVolunteer: true }]);
  });

  it("stays with the worker that has it when one stops that has not noticed its loss", async () => {
    const stage = setWorkerStage();
    const where = define("where", { cache: false }, (_n: number) => context().worker);
    const first = await stage.startWorker(where, { name: "gpu-1" });
    await stage.pool.renew("gpu-1", -1);
    await stage.startWorker(where, { name: "gpu-1" });
    await first.stop();
    expect((await stage.pool.inspect()).members.map(({ id }) => id)).toEqual(["gpu-1"]);
    expect(await stage.grid.enqueue("pool/gpu-1", ["where", 1])).toBe("pool/gpu-1");
  });

  it.each(["", "two words", "a/b", "a,b", "x".repeat(41)])("cannot be %j", async (name) => {
    await expect(
      setWorkerStage().startWorker(
        define("one", () => 1),
        { name },
      ),
    ).rejects.toThrow(/startWorker\.name must be/);
  });
});

async function stageWithVolunteer(name: string) {
  const stage = setWorkerStage();
  await stage.startWorker(
    define("one", () => 1),
    { name },
  );
  await stage.clock.advance(100);
  return { pool: stage.pool, clock: stage.clock, log: pino({ level: "silent" }) };
}

describe("what is addressed to a worker", () => {
  it("fails when that drains before it could start", async () => {
    const stage = setWorkerStage();
    const gate = new Gate();
    const worker = await stage.startWorker([define("hold", () => gate.pass()), define("one", () => 1)], { name: "w1" });
    const held = stage.grid.enqueue("pool", ["hold"]);
    await gate.reached;
    const addressed = stage.grid.enqueue("pool/w1", ["one"]);
    addressed.catch(() => undefined);
    await stage.clock.advance(1_000);
    void worker.drain(60_000);
    await expect(addressed).rejects.toMatchObject({ code: "WORKER_UNAVAILABLE", details: { worker: "w1" } });
    gate.open();
    await held;
  });

  it("fails when that lacks the function", async () => {
    const stage = setWorkerStage();
    await stage.startWorker(
      define("one", () => 1),
      { name: "w1" },
    );
    await stage.startWorker(
      define("two", () => 2),
      { name: "w2" },
    );
    await expect(stage.grid.enqueue("pool/w1", ["two"])).rejects.toMatchObject({
      code: "WORKER_UNAVAILABLE",
      details: { workers: ["w2"] },
    });
  });
});
