/**
 * How a chunk calls the functions of a batch: one after the other, without a detour, since a call through the grid costs ten
 * microseconds. A function that this worker lacks at the version that is due, or that has a time limit, is called through the
 * grid nevertheless.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { callDefinition, type Definition } from "@callgrid/core";
import { context, currentDefinition, keptValues, limitTtl, streamReentrant } from "@callgrid/worker";
import { outcomeOf, type RawOutcome } from "./call-outcome.ts";
import { definitionOf, type NamedFunction } from "./named-function.ts";
import { SliceKeeper } from "./slice-keeper.ts";

/** Takes outcomes as they come, by the place of their arguments; returns whether to go on. */
export type TakeOutcome = (place: number, outcome: RawOutcome) => boolean;

/** What follows the calls of a function. */
export interface CallsWatch {
  /** Called before each call with the place of its arguments, where the functions are called one after the other. */
  readonly begin?: (place: number) => void;
  readonly take: TakeOutcome;
  /** Returns the arguments at a place as they came, where values are to be kept by slice. */
  readonly argumentsToKeepBy?: (place: number) => readonly unknown[];
  /** Called with how long it took to look for what is kept. */
  readonly looked?: (ms: number) => void;
}

/** Calls a function once for each list of arguments. */
export type Calls = (
  target: NamedFunction,
  argumentLists: readonly (readonly unknown[])[],
  watch: CallsWatch,
) => Promise<void>;

// Messages of the grid, such as cancellations, are handled between turns only.
const longestTurnMs = 20;

/**
 * Inside a function that the grid runs. Its value is kept for no longer than that of any function called here; and not at all
 * where one is called through the grid, which keeps the values of those calls by itself.
 */
export const workerCalls: Calls = async (target, argumentLists, watch) => {
  const definition = currentDefinition(target.name);
  if (definition?.version !== target.version || definition.timeoutMs > 0) {
    limitTtl(0);
    return callThroughGrid(target.name, argumentLists, watch.take);
  }
  limitTtl(definition.cacheTtlMs);
  const { signal } = context();
  const { argumentsToKeepBy } = watch;
  const values = argumentsToKeepBy && keptValues(definition);
  const keeper = values && new SliceKeeper(definition, values, argumentsToKeepBy);
  return callOneByOne(definition, argumentLists, { ...watch, keeper, refuseAborted: () => signal.throwIfAborted() });
};

/** Outside of the grid, in the program that runs the batch; only for functions that are defined there. */
export function serialCalls(signal: AbortSignal): Calls {
  return async (target, argumentLists, watch) => {
    const definition = await definitionOf(target);
    if (definition === undefined) throw new Error(`unreachable: ${target.name} is not defined in this process`);
    await callOneByOne(definition, argumentLists, { ...watch, refuseAborted: () => signal.throwIfAborted() });
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

interface OneByOne extends CallsWatch {
  readonly keeper?: SliceKeeper | undefined;
  readonly refuseAborted: () => void;
}

async function callOneByOne(
  definition: Definition,
  argumentLists: readonly (readonly unknown[])[],
  { begin, take, looked, keeper, refuseAborted }: OneByOne,
): Promise<void> {
  let turnStarted = performance.now();
  for (const [place, args] of argumentLists.entries()) {
    if (keeper?.isDue(place) === true) looked?.(await keeper.look(place, argumentLists.length));
    const kept = keeper?.take(place);
    if (kept !== undefined) {
      take(place, kept);
      continue;
    }
    begin?.(place);
    const started = performance.now();
    const called = callOnce(definition, args);
    const outcome = called instanceof Promise ? await called : called;
    const now = performance.now();
    keeper?.note(place, outcome, now - started);
    if (!take(place, outcome)) return;
    if (now - turnStarted < longestTurnMs) continue;
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
