/** The options of the calls that enqueue. */
import { declareOptions, GridError, type OptionsResolved, option, resolveOptions } from "@callgrid/core";
import { type CacheMode, mostPriority } from "@callgrid/statekeeper";

/** How a request is asked for. */
export interface EnqueueOptions {
  /** Aborting it ends the call with `CANCELLED`, whose `cause` is the signal's reason, and withdraws what is open. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long to wait for an outcome, in ms, counted for each request from when it is asked for; then it fails with
   * `TIMEOUT` and is withdrawn. Default: no limit.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * `use` (the default) takes a known result or joins an evaluation that is going on; `refresh` evaluates again and
   * keeps the new result; `bypass` evaluates for this call alone and keeps nothing.
   */
  readonly cache?: CacheMode | undefined;
  /**
   * A whole number from -10 to 10: of requests that wait in a pool, sixteen of a higher priority start for one of the next lower one.
   * Callers of one priority get equal shares. Default: 0.
   */
  readonly priority?: number | undefined;
}

/** How a list of requests is asked for. */
export interface WindowOptions extends EnqueueOptions {
  /** How many of the requests are open at once; default: the client's `window`. */
  readonly window?: number | undefined;
}

/** How the requests of a stream are asked for. */
export interface StreamOptions extends WindowOptions {
  /**
   * `outcomes` (the default) yields each outcome as it comes; `requests` yields them in the order of the requests, and keeps those that
   * come early within the window.
   */
  readonly order?: "outcomes" | "requests" | undefined;
}

const aYearMs = 366 * 86_400_000;
const mostOpen = 1_000_000;

/** The declared options of {@link Grid.enqueue}; `signal` has no text form. */
export const enqueueOptions = declareOptions({
  timeoutMs: option.number({
    unit: "ms",
    optional: true,
    min: 1,
    max: aYearMs,
    description: "How long to wait for an outcome; default: no limit.",
  }),
  cache: option.choice({
    choices: ["use", "refresh", "bypass"],
    optional: true,
    description:
      "Take a known result (use, the default), evaluate again and keep the result (refresh), or neither look nor keep (bypass).",
  }),
  priority: option.number({
    unit: "count",
    optional: true,
    min: -mostPriority,
    max: mostPriority,
    description: "Sixteen requests of a priority start for one of the next lower; default: 0.",
  }),
});

/** The declared options of {@link Grid.enqueueAll} and {@link Grid.stream}. */
export const windowOptions = declareOptions({
  ...enqueueOptions,
  window: option.number({
    unit: "count",
    optional: true,
    min: 1,
    max: mostOpen,
    description: "How many requests are open at once; default: window of the client.",
  }),
});

/** The declared options of {@link Grid.stream}. */
export const streamOptions = declareOptions({
  ...windowOptions,
  order: option.choice({
    choices: ["outcomes", "requests"],
    default: "outcomes",
    description: "Yield outcomes as they come (outcomes), or in the order of the requests (requests).",
  }),
});

const noOptions: EnqueueOptions = Object.freeze({});

/** Throws `INVALID_OPTION` for an option that does not exist or has a value it cannot have. */
export function checkEnqueueOptions(given: EnqueueOptions | undefined, where: string): EnqueueOptions {
  if (given === undefined) return noOptions;
  const resolved: OptionsResolved<typeof enqueueOptions> = resolveOptions(enqueueOptions, given, where, ["signal"]);
  return { ...resolved, signal: checkedSignal(given, where) };
}

/** As {@link checkEnqueueOptions}, with a window. */
export function checkWindowOptions(given: WindowOptions | undefined, where: string): WindowOptions {
  if (given === undefined) return noOptions;
  const resolved: OptionsResolved<typeof windowOptions> = resolveOptions(windowOptions, given, where, ["signal"]);
  return { ...resolved, signal: checkedSignal(given, where) };
}

/** As {@link checkWindowOptions}, with an order. */
export function checkStreamOptions(given: StreamOptions | undefined): StreamOptions {
  if (given === undefined) return noOptions;
  const resolved: OptionsResolved<typeof streamOptions> = resolveOptions(streamOptions, given, "stream", ["signal"]);
  return { ...resolved, signal: checkedSignal(given, "stream") };
}

function checkedSignal({ signal }: EnqueueOptions, where: string): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new GridError("INVALID_OPTION", `${where}.signal must be an AbortSignal`, {
    details: { path: `${where}.signal` },
  });
}
