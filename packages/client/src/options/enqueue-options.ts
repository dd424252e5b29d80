/** The options of the calls that enqueue. */
import { declareOptions, GridError, type OptionsResolved, option, resolveOptions } from "@callgrid/core";
import { mostPriority } from "@callgrid/statekeeper";
import type { EnqueueOptionsGiven, StreamOptionsGiven, WindowOptionsGiven } from "./enqueue-options-given.ts";

/** What {@link Grid.enqueue} takes. @public */
export interface EnqueueOptions extends EnqueueOptionsGiven {
  /** Aborting it ends the call with `CANCELLED`, whose `cause` is the signal's reason, and withdraws pending requests. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/** What {@link Grid.enqueueAll} takes. @public */
export interface WindowOptions extends EnqueueOptions, WindowOptionsGiven {}

/** What {@link Grid.stream} takes. @public */
export interface StreamOptions extends WindowOptions, StreamOptionsGiven {}

const aYearMs = 366 * 86_400_000;
const mostOpen = 1_000_000;

/** The declared options of {@link Grid.enqueue}; `signal` has no text form. */
export const enqueueOptions = declareOptions({
  timeoutMs: option.number({
    unit: "ms",
    optional: true,
    min: 1,
    max: aYearMs,
    description:
      "How long to wait for an outcome; the request then fails with TIMEOUT and is withdrawn; default: no limit.",
  }),
  cache: option.choice({
    choices: ["use", "refresh", "bypass"],
    optional: true,
    description:
      "Take a known result or join a running evaluation (use, the default), evaluate again and keep the result (refresh), or evaluate for this call alone and keep nothing (bypass).",
  }),
  priority: option.number({
    unit: "count",
    optional: true,
    min: -mostPriority,
    max: mostPriority,
    description:
      "Sixteen requests of a priority start for one of the next lower; callers of one priority get equal shares; default: 0.",
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
    description: "How many requests are open at once; default: the client's window.",
  }),
});

/** The declared options of {@link Grid.stream}. */
export const streamOptions = declareOptions({
  ...windowOptions,
  order: option.choice({
    choices: ["outcomes", "requests"],
    default: "outcomes",
    description:
      "Yield outcomes as they come (outcomes), or in the order of the requests (requests), where early ones wait within the window.",
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
