import { describe, expect, it } from "vitest";
import { sampleEvaluation } from "../../../../test/harness/evaluation-sample.ts";
import type { EvaluationState } from "./evaluation.ts";

const states: readonly EvaluationState[] = ["stacked", "asked", "ready", "running", "suspended", "done"];

describe.each<[EvaluationState, readonly EvaluationState[]]>([
  ["stacked", ["asked", "ready", "running", "done"]],
  ["asked", ["ready", "done"]],
  ["ready", ["running", "asked", "done"]],
  ["running", ["suspended", "done"]],
  ["suspended", ["running", "done"]],
  ["done", []],
])("an evaluation that is %s", (state, followers) => {
  it.each(states.filter((next) => followers.includes(next)))("may become %s", (next) => {
    const evaluation = sampleEvaluation("f", { state });
    evaluation.become(next);
    expect(evaluation.state).toBe(next);
  });

  it.each(states.filter((next) => !followers.includes(next)))("cannot become %s", (next) => {
    const evaluation = sampleEvaluation("f", { state });
    expect(() => evaluation.become(next)).toThrow(`evaluation of f goes from ${state} to ${next}`);
    expect(evaluation.state).toBe(state);
  });
});
