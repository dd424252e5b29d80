import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { sampleEvaluation } from "../../../../test/harness/evaluation-sample.ts";
import type { Evaluation } from "./evaluation.ts";
import { ReadyQueue } from "./ready-queue.ts";

function queueOf(...expectedMs: number[]): { queue: ReadyQueue; evaluations: Evaluation[] } {
  const queue = new ReadyQueue();
  const evaluations = expectedMs.map((ms, i) => {
    const evaluation = sampleEvaluation(`f${i}`, { state: "asked" });
    queue.push(evaluation, ms);
    return evaluation;
  });
  return { queue, evaluations };
}

it("gives what came first, first", () => {
  const { queue } = queueOf(1, 1, 1);
  expect(queue.first?.functionName).toBe("f0");
  expect([queue.shift(), queue.shift(), queue.shift()].map((taken) => taken?.functionName)).toEqual(["f0", "f1", "f2"]);
  expect(queue.shift()).toBeUndefined();
});

it("makes what comes in ready", () => {
  expect(queueOf(1).evaluations[0]?.state).toBe("ready");
});

it("knows how long the rest will take", () => {
  const { queue } = queueOf(1, 2, 4);
  expect(queue.expectedMs).toBe(7);
  queue.shift();
  expect(queue.expectedMs).toBe(6);
});

it("passes over what is not ready any more, and its time with it", () => {
  const { queue, evaluations } = queueOf(1, 2, 4);
  (evaluations[0] as Evaluation).become("done");
  (evaluations[1] as Evaluation).become("running");
  expect(queue.first?.functionName).toBe("f2");
  expect(queue.expectedMs).toBe(4);
  expect(queue.length).toBe(1);
});

it("takes no time when it is empty, however the fractions summed up", () => {
  const { queue } = queueOf(0.1, 0.2, 0.3);
  while (queue.shift() !== undefined);
  expect(queue.expectedMs).toBe(0);
  expect(queue.length).toBe(0);
});

it("keeps the order over thousands that come and go", () => {
  const queue = new ReadyQueue();
  let [came, went] = [0, 0];
  while (went < 6_000) {
    for (let i = 0; i < 3 && came < 6_000; i += 1, came += 1) queue.push(sampleEvaluation(`f${came}`), 1);
    expect(queue.shift()?.functionName).toBe(`f${went}`);
    went += 1;
    expect(queue.length).toBe(came - went);
  }
});

it("keeps nothing of what was taken", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const queue = new ReadyQueue();
  for (let i = 0; i < 100; i += 1) queue.push(sampleEvaluation(`f${i}`), 1);
  const taken = Array.from({ length: 50 }, () => new WeakRef(queue.shift() as Evaluation));
  await turn();
  collectGarbage();
  expect(taken.filter((evaluation) => evaluation.deref() !== undefined)).toEqual([]);
  expect(queue.length).toBe(50);
});
