/**
 * How a chunk calls the functions of a batch: one after the other, without a detour, since a call through the grid costs ten
 * microseconds. A function that this worker lacks at the version that is due, or that has a time limit, is called through the
 * grid nevertheless.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { callDefinition, type Definition } from "@callgrid/core";
import { context, currentDefinition, limitTtl, streamReentrant } from "@callgrid/worker";
import { outcomeOf, type RawOutcome } from "./call-outcome.ts";
import { definitionOf, type NamedFunction } from "./named-function.ts";

/** Takes outcomes as they come, by the place of their arguments; returns whether to go on. */
export type TakeOutcome = (place: number, outcome: RawOutcome) => boolean;

/** Calls a function once for each list of arguments. */
export type Calls = (
  target: NamedFunction,
  argumentLists: readonly (readonly unknown[])[],
  take: TakeOutcome,
) => Promise<void>;

// Messages of the grid, such as cancellations, are handled between turns only.
const longestTurnMs = 20;

/**
 * Inside a function that the grid runs. Its value is kept for no longer than that of any function called here; and not at all
 * where one is called through the grid, which keeps the values of those calls by itself.
 */
export const workerCalls: Calls = async (target, argumentLists, take) => {
  const definition = currentDefinition(target.name);
  if (definition?.version !== target.version || definition.timeoutMs > 0) {
    limitTtl(0);
    return callThroughGrid(target.name, argumentLists, take);
  }
  limitTtl(definition.cacheTtlMs);
  return callOneByOne(definition, argumentLists, take, () => context().signal.throwIfAborted());
};

/** Outside of the grid, in the program that runs the batch; only for functions that are defined there. */
export function serialCalls(signal: AbortSignal): Calls {
  return async (target, argumentLists, take) => {
    const definition = await definitionOf(target);
    if (definition === undefined) throw new Error(`unreachable: ${target.name} is not defined in this process`);
    await callOneByOne(definition, argumentLists, take, () => signal.throwIfAborted());
  };
}

async function callThroughGrid(
  name: string,
  argumentLists: readonly (readonly unknown[])[],
  take: TakeOutcome,
): Promise<void> {
  const requests = argumentLists.map((args) => [name, ...args] as const);
  for await (const { index, outcome } of streamReentrant(requests)) {
    if (!take(index, "error" in outcome ? { error: outcome.error.tree } : outcome)) return;
  }
}

async function callOneByOne(
  definition: Definition,
  argumentLists: readonly (readonly unknown[])[],
  take: TakeOutcome,
  refuseAborted: () => void,
): Promise<void> {
  let turnStarted = performance.now();
  for (const [place, args] of argumentLists.entries()) {
    const called = callOnce(definition, args);
    if (!take(place, called instanceof Promise ? await called : called)) return;
    if (performance.now() - turnStarted < longestTurnMs) continue;
    await nextTurn();
    refuseAborted();
    turnStarted = performance.now();
  }
}

function callOnce(definition: Definition, args: readonly unknown[]): RawOutcome | Promise<RawOutcome> {
  try {
    const value = callDefinition(definition, args);
    return isThenable(value) ? arrivalOf(value) : outcomeOf(value);
  } catch (thrown) {
    return { thrown };
  }
}

async function arrivalOf(value: PromiseLike<unknown>): Promise<RawOutcome> {
  try {
    return outcomeOf(await value);
  } catch (thrown) {
    return { thrown };
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
