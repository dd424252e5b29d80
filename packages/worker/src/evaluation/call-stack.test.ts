import { describe, expect, it } from "vitest";
import { sampleEvaluation } from "../../../../test/harness/evaluation-sample.ts";
import { OwnStack } from "./call-stack.ts";
import type { Evaluation } from "./evaluation.ts";

function stackOf(count: number): { stack: OwnStack; evaluations: Evaluation[] } {
  const stack = new OwnStack();
  const evaluations = Array.from({ length: count }, (_, i) => sampleEvaluation(`f${i}`, { bornAt: i }));
  for (const evaluation of evaluations) stack.push(evaluation);
  return { stack, evaluations };
}

const names = (taken: readonly Evaluation[]): string[] => taken.map(({ functionName }) => functionName);

describe("the worker itself", () => {
  it("takes the youngest first", () => {
    const { stack } = stackOf(3);
    expect([stack.pop(), stack.pop(), stack.pop()].map((taken) => taken?.functionName)).toEqual(["f2", "f1", "f0"]);
    expect(stack.pop()).toBeUndefined();
    expect(stack.isEmpty).toBe(true);
  });

  it("passes over what was cancelled or shared meanwhile", () => {
    const { stack, evaluations } = stackOf(4);
    (evaluations[3] as Evaluation).become("done");
    (evaluations[1] as Evaluation).become("asked");
    expect(stack.pop()?.functionName).toBe("f2");
    expect(stack.pop()?.functionName).toBe("f0");
    expect(stack.pop()).toBeUndefined();
  });

  it("can go on after it was empty", () => {
    const { stack } = stackOf(1);
    stack.takeOldest(1);
    expect(stack.pop()).toBeUndefined();
    stack.push(sampleEvaluation("later"));
    expect(stack.length).toBe(1);
    expect(stack.pop()?.functionName).toBe("later");
  });
});

describe("others", () => {
  it("get the oldest, and the worker never gets those", () => {
    const { stack } = stackOf(5);
    expect(names(stack.takeOldest(2))).toEqual(["f0", "f1"]);
    expect(stack.length).toBe(3);
    expect([stack.pop(), stack.pop(), stack.pop(), stack.pop()].map((taken) => taken?.functionName)).toEqual([
      "f4",
      "f3",
      "f2",
      undefined,
    ]);
  });

  it("get no more than there is", () => {
    const { stack } = stackOf(5);
    expect(names(stack.takeOldest(7))).toEqual(["f0", "f1", "f2", "f3", "f4"]);
    expect(stack.takeOldest(5)).toEqual([]);
  });

  it("do not get what was cancelled meanwhile, and it counts for nothing", () => {
    const { stack, evaluations } = stackOf(4);
    (evaluations[0] as Evaluation).become("done");
    expect(names(stack.takeOldest(2))).toEqual(["f1", "f2"]);
  });

  it("may take thousands while the worker goes on", () => {
    const { stack } = stackOf(5_000);
    const taken = new Set<string>();
    while (!stack.isEmpty) {
      for (const { functionName } of stack.takeOldest(100)) taken.add(functionName);
      const own = stack.pop();
      if (own !== undefined) taken.add(own.functionName);
    }
    expect(taken.size).toBe(5_000);
  });
});
