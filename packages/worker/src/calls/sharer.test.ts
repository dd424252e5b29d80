import { type Definition, define, VirtualClock } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { sampleEvaluation } from "../../../../test/harness/evaluation-sample.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import { Evaluator, type EvaluatorEvents } from "../evaluation/evaluator.ts";
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
  const stage = { clock, selfTimes, evaluator, shared, volunteers: 0, out: [] as Evaluation[] };
  const sharer = new Sharer({
    clock,
    loop: evaluator.loop,
    selfTimes,
    volunteers: () => stage.volunteers,
    share: (evaluation) => {
      evaluation.become("asked");
      stage.out.push(evaluation);
      shared.push(evaluation.functionName);
    },
  });
  const push = (name: string, definition?: Definition): void =>
    evaluator.loop.queue.stack.push(sampleEvaluation(name, { bornAt: clock.now(), definition }));
  return Object.assign(stage, { sharer, push });
}

/** Takes the youngest, as a worker does that goes on with its stack. */
function passOver(stage: ReturnType<typeof setStage>, times: number): void {
  for (let i = 0; i < times; i += 1) {
    stage.push("younger");
    stage.evaluator.loop.queue.stack.pop();
  }
}

describe("while a worker goes on", () => {
  it("nothing is shared that has just come", async () => {
    const stage = setStage();
    stage.push("a");
    stage.push("b");
    passOver(stage, 1_000);
    stage.sharer.share();
    expect(stage.shared).toEqual([]);
  });

  it("what has waited for long, and been passed over by many, is shared; the youngest stays", async () => {
    const stage = setStage();
    for (const name of ["a", "b", "c"]) stage.push(name);
    await stage.clock.advance(10);
    passOver(stage, 1_000);
    stage.sharer.share();
    expect(stage.shared).toEqual(["a", "b"]);
  });

  it("small calls that only few were taken before are about to run here, and stay", async () => {
    const stage = setStage();
    stage.push("a");
    stage.push("b");
    await stage.clock.advance(10);
    passOver(stage, 3);
    stage.sharer.share();
    expect(stage.shared).toEqual([]);
  });

  it("calls that have turned out to be dear are shared although only few were taken before", async () => {
    const stage = setStage();
    stage.selfTimes.note("a", 50);
    stage.selfTimes.note("b", 0.001);
    for (const name of ["a", "b", "c"]) stage.push(name);
    await stage.clock.advance(10);
    stage.sharer.share();
    expect(stage.shared).toEqual(["a"]);
  });

  it("volunteers get what has just come, too", () => {
    const stage = setStage();
    stage.volunteers = 1;
    stage.push("a");
    stage.push("b");
    passOver(stage, 1_000);
    stage.sharer.share();
    expect(stage.shared).toEqual(["a"]);
  });

  it("so many leave at a time, and more where more volunteer", async () => {
    const stage = setStage();
    for (let i = 0; i < 100; i += 1) stage.push(`f${i}`);
    await stage.clock.advance(10);
    passOver(stage, 1_000);
    stage.sharer.share();
    const { length } = stage.shared;
    expect(length).toBeLessThan(20);
    stage.volunteers = 10;
    stage.sharer.share();
    expect(stage.shared).toHaveLength(2 * length + 10);
    expect(stage.shared).toEqual(Array.from(stage.shared, (_, i) => `f${i}`));
  });
});

describe("calls that call nothing themselves", () => {
  it.each([
    [0.05, 80],
    [0.1, 40],
    [1, 9],
  ])("of %d ms are shared by the work that they are", async (usualMs, expected) => {
    const stage = setStage();
    stage.volunteers = 1;
    stage.selfTimes.note("leaf", usualMs);
    for (let i = 0; i < 1_000; i += 1) stage.push("leaf");
    passOver(stage, 1_000);
    stage.sharer.share();
    expect(stage.shared).toHaveLength(expected);
  });

  it.each([
    ["that are shorter than a share costs", 0.01, false],
    ["of functions that do call others", 0.1, true],
  ])("%s leave one by one", async (_, usualMs, hasCalls) => {
    const stage = setStage();
    stage.volunteers = 1;
    stage.selfTimes.note("leaf", usualMs);
    if (hasCalls) stage.selfTimes.noteFirstPart("leaf", usualMs);
    for (let i = 0; i < 1_000; i += 1) stage.push("leaf");
    passOver(stage, 1_000);
    stage.sharer.share();
    expect(stage.shared).toHaveLength(9);
  });
});

describe("while the caller does not take what was shared", () => {
  async function setShared() {
    const stage = setStage();
    for (let i = 0; i < 200; i += 1) stage.push("call");
    await stage.clock.advance(10);
    passOver(stage, 1_000);
    for (let i = 0; i < 5; i += 1) stage.sharer.share();
    return stage;
  }

  it("no more is shared than twice as many as at once, but for one call now and then", async () => {
    const stage = await setShared();
    expect(stage.shared).toHaveLength(16);
    await stage.clock.advance(8);
    for (let i = 0; i < 5; i += 1) stage.sharer.share();
    expect(stage.shared).toHaveLength(17);
  });

  it("more is shared as soon as the first lot is taken, or a worker is idle", async () => {
    const stage = await setShared();
    const [eighth] = stage.out.slice(7);
    if (eighth !== undefined) eighth.become("done");
    stage.sharer.share();
    stage.sharer.share();
    expect(stage.shared).toHaveLength(24);
    stage.volunteers = 1;
    stage.sharer.share();
    expect(stage.shared).toHaveLength(33);
  });

  it("a call that was shared to see whether a worker is there, and is answered, has more shared, whatever else lies out", async () => {
    const stage = await setShared();
    for (let i = 0; i < 2; i += 1) {
      await stage.clock.advance(8);
      stage.sharer.share();
      const probe = stage.out.at(-1);
      if (probe !== undefined) probe.become("done");
    }
    expect(stage.shared).toHaveLength(18);
    stage.sharer.share();
    expect(stage.shared).toHaveLength(26);
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
