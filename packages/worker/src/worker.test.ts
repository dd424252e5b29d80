/** What a worker does before it is a member of its pool. */
import { define, resolveOptions, VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { Gate } from "../../../test/harness/gate.ts";
import { losingJoins } from "../../../test/harness/losing-joins.ts";
import { setWorkerStage } from "../../../test/harness/worker-stage.ts";
import { TimerHeartbeat } from "./heartbeat.ts";
import { loadFunctions } from "./module-loader.ts";
import { startWorker } from "./start-worker.ts";
import { Worker } from "./worker.ts";
import { workerOptions } from "./worker-options.ts";

it("a worker is given no work before its heartbeat can beat, so that a long calculation at once is no death", async () => {
  const clock = new VirtualClock();
  const statekeeper = new MemoryStatekeeper({ clock, grid: "test" });
  onTestFinished(() => statekeeper.close());
  const keeper = statekeeper.pool("pool");
  let letBeat = (): void => undefined;
  class SlowHeartbeat extends TimerHeartbeat {
    override prepare(): Promise<void> {
      return new Promise((resolve) => {
        letBeat = resolve;
      });
    }
  }
  const worker = new Worker({
    id: "w",
    keeper,
    registry: await loadFunctions(define("one", () => 1)),
    options: resolveOptions(workerOptions, {}, "worker"),
    clock,
    log: pino({ level: "silent" }),
    description: {},
    capabilities: { tags: [], memoryMb: 1_000, cpus: 1, score: 1 },
    makeHeartbeat: (options) => new SlowHeartbeat(options, { keeper, clock }),
  });
  const started = worker.start();
  await clock.advance(1_000);
  expect((await keeper.inspect()).members).toEqual([]);
  letBeat();
  await started;
  expect((await keeper.inspect()).members).toMatchObject([{ id: "w" }]);
  await worker.stop();
});

it("a worker whose joining fails is no member, although the pool had it for one", async () => {
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
