/** Compares the outcomes of requests with the expected ones. */
import {
  decodeErrorTree,
  decodeValue,
  type ErrorTree,
  isErrorText,
  isGridError,
  type Outcome,
  type OutcomeText,
  RequestError,
} from "@callgrid/core";
import { numberIn, type RightOutcome } from "./call-graph.ts";
import { mixedCode } from "./code-marks.ts";

/** What a caller, or a function that calls, may learn of an operation that the statekeeper has stopped midway. */
const isRefusal = (failure: string): boolean => failure.startsWith("STATEKEEPER_REFUSED: ");

/** Whether it failed since the statekeeper refused it, or something that it called. */
export function isRefused(error: unknown): boolean {
  if (error instanceof RequestError) return failuresIn(error.tree).some(isRefusal);
  return isGridError(error, "STATEKEEPER_REFUSED");
}

/** The messages at the roots of a failure; of one that no function threw, with its code. A large tree has each failed request in full once. */
function failuresIn(tree: ErrorTree): string[] {
  const causes = Object.values(tree.info ?? {});
  if (causes.length > 0) return causes.flatMap(failuresIn);
  if (tree.details?.["failedCallsLeftOut"] !== undefined) return [];
  return [tree.code === "FUNCTION_FAILED" ? tree.msg : `${tree.code}: ${tree.msg}`];
}

/** What is wrong with an outcome; undefined if nothing is. */
export function mistakeIn(outcome: Outcome, right: RightOutcome): string | undefined {
  if (!("value" in outcome)) return mistakeInTree(outcome.error.tree, right);
  return mistakeInValue(outcome.value, right) ?? mixedCode(outcome.value);
}

/** The same for an outcome as it travels. */
export function mistakeInText(text: OutcomeText, right: RightOutcome): string | undefined {
  return isErrorText(text) ? mistakeInTree(decodeErrorTree(text), right) : mistakeInValue(decodeValue(text), right);
}

function mistakeInValue(value: unknown, right: RightOutcome): string | undefined {
  if ("number" in right && numberIn(value) === right.number) return undefined;
  return `the value ${String(JSON.stringify(value)).slice(0, 80)}, and right is ${JSON.stringify(right)}`;
}

function mistakeInTree(tree: ErrorTree, right: RightOutcome): string | undefined {
  const failures = failuresIn(tree);
  if (failures.some(isRefusal)) return undefined;
  if ("failures" in right && failures.length > 0 && failures.every((failure) => right.failures.includes(failure)))
    return undefined;
  return `the failure ${failures.join("; ")}, and right is ${JSON.stringify(right)}`;
}
