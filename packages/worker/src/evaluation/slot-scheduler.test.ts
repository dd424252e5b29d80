/** What a free slot runs next, as a table: what waits, how many slots are free and taken, and what is taken. */
import { describe, expect, it } from "vitest";
import { letWait, sampleEvaluation } from "../../../../test/harness/evaluation-sample.ts";
import { SelfTimes } from "../timing/run-times.ts";
import { Evaluation } from "./evaluation.ts";
import { SlotScheduler } from "./slot-scheduler.ts";

/** What can wait to be run; `lost` is a function whose worker has died while running it. */
type Kind = "resumable" | "lost-resumable" | "done-lost-resumable" | "stacked" | "ready" | "lost-ready";

function push(queue: SlotScheduler, kind: Kind, name: string): void {
  const isResumable = kind.endsWith("resumable");
  const evaluation = sampleEvaluation(name, { state: isResumable ? "suspended" : "stacked" });
  evaluation.isSuspect = kind.includes("lost");
  if (isResumable) {
    letWait(evaluation, sampleEvaluation("child"));
    for (const calls of evaluation.openCalls ?? []) queue.pushResumable(calls);
    if (kind.startsWith("done")) evaluation.become("done");
  } else if (kind === "stacked") queue.stack.push(evaluation);
  else queue.ready.push(evaluation, 1);
}

function queueOf(waiting: readonly Kind[]): SlotScheduler {
  const queue = new SlotScheduler();
  for (const [place, kind] of waiting.entries()) push(queue, kind, `${kind}.${place}`);
  return queue;
}

function takeNext(queue: SlotScheduler, freeSlots: number, running: number): Evaluation | undefined {
  const next = queue.next(freeSlots, running);
  return next === undefined || next instanceof Evaluation ? next : next.caller;
}

it.each<[waiting: Kind[], freeSlots: number, running: number, taken: string | undefined]>([
  [[], 1, 0, undefined],
  [["ready", "ready"], 1, 0, "ready.0"],
  [["ready", "stacked", "stacked"], 1, 0, "stacked.2"],
  [["ready", "stacked", "resumable"], 1, 0, "resumable.2"],
  [["ready", "stacked", "resumable"], 3, 5, "resumable.2"],
  [["ready", "stacked", "resumable"], 0, 1, undefined],
  [["lost-ready"], 1, 0, "lost-ready.0"],
  [["lost-ready"], 1, 1, undefined],
  [["lost-ready", "ready"], 1, 1, undefined],
  [["ready", "lost-ready"], 1, 1, "ready.0"],
  [["lost-ready", "stacked"], 1, 1, "stacked.1"],
  [["lost-ready", "resumable"], 1, 1, "resumable.1"],
  [["lost-resumable"], 2, 0, "lost-resumable.0"],
  [["lost-resumable"], 1, 1, undefined],
  [["lost-resumable", "ready"], 1, 1, undefined],
  [["lost-resumable", "stacked"], 1, 1, undefined],
  [["lost-resumable", "resumable"], 1, 1, undefined],
  [["lost-resumable", "resumable", "stacked", "ready"], 2, 0, "lost-resumable.0"],
  [["lost-resumable", "lost-ready"], 2, 0, "lost-resumable.0"],
  [["done-lost-resumable"], 1, 1, "done-lost-resumable.0"],
])("of %j, with %i slots free and %i taken, it gives %s", (waiting, freeSlots, running, taken) => {
  const queue = queueOf(waiting);
  expect(queue.hasWork).toBe(waiting.length > 0);
  expect(takeNext(queue, freeSlots, running)?.functionName).toBe(taken);
});

it.each<Kind>(["lost-ready", "lost-resumable"])("gives nothing while a %s runs, and all else after it", (kind) => {
  const queue = queueOf([kind]);
  const suspect = takeNext(queue, 2, 0);
  suspect?.become("running");
  for (const other of ["ready", "stacked", "resumable", "lost-resumable", "lost-ready"] as const)
    push(queue, other, other);
  expect(queue.isClosed(1)).toBe(true);
  expect(takeNext(queue, 1, 1)).toBeUndefined();
  suspect?.become("suspended");
  const others = Array.from({ length: 5 }, () => takeNext(queue, 2, 0)?.functionName);
  expect(others).toEqual(["lost-resumable", "resumable", "stacked", "ready", "lost-ready"]);
});

it.each<[waiting: Kind[], isQuarantined: boolean, isClosedBesideOthers: boolean]>([
  [["ready", "stacked", "resumable"], false, false],
  [["ready", "lost-ready"], false, false],
  [["lost-ready", "ready"], true, false],
  [["lost-resumable"], true, true],
])("with %j new work is unwelcome: %s; nothing starts while something runs: %s", (waiting, isQuarantined, isClosed) => {
  const queue = queueOf(waiting);
  expect(queue.isQuarantined).toBe(isQuarantined);
  expect(queue.isClosed(1)).toBe(isClosed);
  expect(queue.isClosed(0)).toBe(false);
});

it("names the calls that can go on", () => {
  const callers = [...queueOf(["resumable", "lost-resumable", "ready"]).resumable()].map(({ caller }) => caller);
  expect(callers.map(({ functionName }) => functionName)).toEqual(["resumable.0", "lost-resumable.1"]);
});

describe("whether it is soon through with what it has", () => {
  const selfTimes = new SelfTimes();

  it("goes by what it was given to evaluate", () => {
    const queue = new SlotScheduler();
    expect(queue.isSoonThrough(50, selfTimes)).toBe(true);
    queue.ready.push(sampleEvaluation("f"), 30);
    expect(queue.isSoonThrough(50, selfTimes)).toBe(true);
    queue.ready.push(sampleEvaluation("f"), 30);
    expect(queue.isSoonThrough(50, selfTimes)).toBe(false);
  });

  it.each<Kind>(["lost-ready", "lost-resumable"])("is not so with a %s, short as its function may be", (kind) => {
    const measured = new SelfTimes();
    measured.note(`${kind}.0`, 1);
    expect(queueOf([kind]).isSoonThrough(50, measured)).toBe(false);
  });

  it.each([
    [1, true],
    [100, false],
    [undefined, false],
  ])("goes by functions that can go on, too: of %s ms by themselves: %s", (selfMs, expected) => {
    const measured = new SelfTimes();
    if (selfMs !== undefined) measured.note("resumable.0", selfMs);
    expect(queueOf(["resumable"]).isSoonThrough(50, measured)).toBe(expected);
  });
});
