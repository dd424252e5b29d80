import { type Definition, define, systemClock, VirtualClock } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { sampleEvaluation } from "../../../../test/harness/evaluation-sample.ts";
import { until } from "../../../../test/harness/until.ts";
import { WorkerStage } from "../../../../test/harness/worker-stage.ts";
import { Evaluator, type EvaluatorEvents } from "../evaluation/evaluator.ts";
import { callReentrant } from "../evaluation/request-context.ts";
import { FunctionRegistry, FunctionStanding } from "../functions/function-registry.ts";
import { EvaluationResult } from "../results/evaluation-result.ts";
import { SelfTimes } from "../timing/run-times.ts";
import { Sharer } from "./sharer.ts";

const outside: EvaluatorEvents = {
  onSettled: () => undefined,
  onCancelled: () => undefined,
  onSuspension: () => undefined,
  onChange: () => undefined,
  onSliceEnd: () => undefined,
  onFull: () => undefined,
  onStart: () => undefined,
};

const endless = define("endless", () => new Promise<never>(() => undefined));

/** An evaluator of one slot, and a sharer whose shared calls are collected. */
function setStage() {
  const clock = new VirtualClock();
  const selfTimes = new SelfTimes();
  const standing = new FunctionStanding(new FunctionRegistry([endless.definition]));
  const evaluator = new Evaluator({ clock, standing, selfTimes, outside, slots: 1, resultLimitBytes: 1_000 });
  const shared: string[] = [];
  const stage = { clock, evaluator, shared, volunteers: 0 };
  const sharer = new Sharer({
    clock,
    loop: evaluator.loop,
    volunteers: () => stage.volunteers,
    share: (evaluation) => {
      evaluation.become("asked");
      shared.push(evaluation.functionName);
    },
  });
  const push = (name: string, definition?: Definition): void =>
    evaluator.loop.queue.stack.push(sampleEvaluation(name, { bornAt: clock.now(), definition }));
  return Object.assign(stage, { sharer, push });
}

describe("while a worker goes on", () => {
  it("an idle worker gets half of what waits in memory, oldest first, however short that has waited", () => {
    const stage = setStage();
    stage.volunteers = 1;
    for (const name of ["a", "b", "c", "d", "e"]) stage.push(name);
    stage.sharer.share();
    expect(stage.shared).toEqual(["a", "b"]);
  });

  it("the last call stays", () => {
    const stage = setStage();
    stage.volunteers = 1;
    stage.push("a");
    stage.sharer.share();
    expect(stage.shared).toEqual([]);
  });

  it.each([
    [1, 8],
    [3, 24],
    [100, 500],
  ])("%d idle workers get %d of 1,000 calls", (idle, expected) => {
    const stage = setStage();
    stage.volunteers = idle;
    for (let i = 0; i < 1_000; i += 1) stage.push(`f${i}`);
    stage.sharer.share();
    expect(stage.shared).toEqual(Array.from({ length: expected }, (_, i) => `f${i}`));
  });
});

describe("while no worker is idle", () => {
  it("one call is shared now and then, whose reply says how many are idle", async () => {
    const stage = setStage();
    for (let i = 0; i < 200; i += 1) stage.push("call");
    await stage.clock.advance(8);
    for (const expected of [1, 2, 3]) {
      for (let i = 0; i < 5; i += 1) stage.sharer.share();
      expect(stage.shared).toHaveLength(expected);
      await stage.clock.advance(8);
    }
  });

  it("what has waited for less than that is not shared, however long ago the last one was", async () => {
    const stage = setStage();
    await stage.clock.advance(1_000);
    for (let i = 0; i < 200; i += 1) stage.push("call");
    stage.sharer.share();
    await stage.clock.advance(7);
    stage.sharer.share();
    expect(stage.shared).toEqual([]);
    await stage.clock.advance(1);
    stage.sharer.share();
    expect(stage.shared).toHaveLength(1);
  });

  it("more is shared as soon as one is", async () => {
    const stage = setStage();
    for (let i = 0; i < 200; i += 1) stage.push("call");
    await stage.clock.advance(8);
    stage.sharer.share();
    stage.volunteers = 1;
    stage.sharer.share();
    expect(stage.shared).toHaveLength(9);
  });
});

describe("while a function keeps its slot", () => {
  /** These wait behind a function that never ends. */
  function setStuck(...names: readonly string[]) {
    const stage = setStage();
    stage.push("endless", endless.definition);
    stage.evaluator.loop.wake();
    for (const name of names) stage.push(name);
    stage.sharer.shareIfStuck();
    return stage;
  }

  it("all that waits in memory is shared before long, the youngest too", async () => {
    const stage = setStuck("a", "b");
    expect(stage.shared).toEqual([]);
    await stage.clock.advance(10);
    expect(stage.shared).toEqual(["a", "b"]);
  });

  it("what comes later is shared as well", async () => {
    const stage = setStuck("a");
    await stage.clock.advance(10);
    stage.push("late");
    stage.sharer.shareIfStuck();
    await stage.clock.advance(10);
    expect(stage.shared).toEqual(["a", "late"]);
  });

  it("answers of other workers that come in between do not put that off", async () => {
    const stage = setStuck("a");
    for (let i = 0; i < 10; i += 1) {
      await stage.clock.advance(1);
      stage.evaluator.settle(sampleEvaluation("elsewhere"), EvaluationResult.ofText("1"));
    }
    expect(stage.shared).toEqual(["a"]);
  });

  it("no one looks again once nothing waits, so that no timer is left", async () => {
    const stage = setStuck("a");
    stage.sharer.shareIfStuck();
    expect(stage.clock.pending).toBe(1);
    await stage.clock.advance(100);
    expect(stage.clock.pending).toBe(0);
  });
});

it("a worker that is alone keeps its calls, although it is a volunteer itself between two requests", async () => {
  const stage = new WorkerStage(systemClock);
  const spin = define("spin", { cache: false }, (_: number) => {
    const until = performance.now() + 0.05;
    while (performance.now() < until);
  });
  const all = define("all", { cache: false }, async (_: number) => {
    await callReentrant(Array.from({ length: 100 }, (_, call) => ["spin", call]));
  });
  await stage.startWorker([spin, all]);
  for (let warmUp = 0; warmUp < 10; warmUp += 1) await stage.grid.enqueue("pool", ["all", warmUp]);
  const before = (await stage.pool.inspect()).counters["submitted"] ?? 0;
  for (let run = 0; run < 20; run += 1) {
    await until(async () => (await stage.pool.inspect()).members[0]?.isVolunteer);
    await stage.grid.enqueue("pool", ["all", 100 + run]);
  }
  const { counters } = await stage.pool.inspect();
  // 20 requests, and a call now and then where a run of 5 ms takes longer than 8 ms
  expect((counters["submitted"] ?? 0) - before).toBeLessThan(100);
});
