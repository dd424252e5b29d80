/** Evaluations by themselves, for tests of what keeps, orders or looks along them. */
import { type Definition, encodeRequest } from "@callgrid/core";
import { Evaluation, type EvaluationState } from "../../packages/worker/src/evaluation/evaluation.ts";
import { ReentrantCalls } from "../../packages/worker/src/evaluation/reentrant-calls.ts";
import type { RequestHost } from "../../packages/worker/src/evaluation/request-context.ts";

/** Serves nothing: the functions of these tests make no calls. */
const noHost: RequestHost = {
  callReentrant: () => Promise.reject(new Error("no calls are served here")),
  streamReentrant: () => {
    throw new Error("no calls are served here");
  },
  describe: () => {
    throw new Error("no context is served here");
  },
  currentDefinition: () => undefined,
  keptValues: () => undefined,
};

/** An evaluation of `["name"]`. */
export function sampleEvaluation(
  name: string,
  { state = "stacked", bornAt = 0, definition }: SampleOptions = {},
): Evaluation {
  const { functionName, payload } = encodeRequest([name]);
  const evaluation = new Evaluation(
    { key: payload, functionName, payload, id: undefined, primitiveArguments: [] },
    { host: noHost, mode: "use", definition, bornAt, deadlineAt: 0, waiters: [] },
  );
  if (state === "suspended") evaluation.become("running");
  if (state !== "stacked") evaluation.become(state);
  return evaluation;
}

/** Calls that no function continues after. */
class SampleCalls extends ReentrantCalls {
  resume(): void {}
  protected onSettled(): void {}
}

/** Has `caller` wait for `child`. */
export function letWait(caller: Evaluation, child: Evaluation): void {
  const calls = new SampleCalls(caller, 1);
  calls.children[0] = child;
  caller.addOpenCalls(calls);
  child.waiters.push({ calls, index: 0 });
}

interface SampleOptions {
  readonly state?: EvaluationState;
  readonly bornAt?: number;
  readonly definition?: Definition | undefined;
}
