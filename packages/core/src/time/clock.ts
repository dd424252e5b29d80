/**
 * Time: the only way to it for everything that waits, so that a whole grid can run on the virtual time of a test.
 * `systemClock` is the real one; its twin for tests is in virtual-clock.ts.
 */
import { performance } from "node:perf_hooks";
import { GridError } from "../errors/errors.ts";

/** Calls a timer off; does nothing once the timer has fired or was called off. */
export type CancelTimer = () => void;

/**
 * The source of time and of timers. Delays are in ms; one of 0 or less is due at once, though never synchronously,
 * an infinite one never, and NaN is refused with `INVALID_OPTION`.
 */
export interface Clock {
  /** Ms since the Unix epoch, with fractions; within a process it never goes back, also when the system's time is set. */
  now(): number;
  /** Runs `action` once after `ms`, and keeps the process alive until then. It may come up to 1 ms early by {@link Clock.now}. */
  after(ms: number, action: () => void): CancelTimer;
  /** As {@link Clock.after}, but lets the process end: for heartbeats and periodic checks. */
  background(ms: number, action: () => void): CancelTimer;
  /** Runs `action` in the next turn of the event loop, so that I/O gets its chance first; promises alone never let it. */
  turn(action: () => void): void;
}

/** Resolves after `ms` on that clock. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** The real clock. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after: (ms, action) => startTimer(ms, action, true),
  background: (ms, action) => startTimer(ms, action, false),
  turn: (action) => {
    setImmediate(action);
  },
};

// Node fires longer timeouts at once, with nothing but a warning.
const longestTimeoutMs = 2_147_483_647;

function startTimer(ms: number, action: () => void, keepsAlive: boolean): CancelTimer {
  let timer: NodeJS.Timeout;
  const wait = (restMs: number): void => {
    timer =
      restMs > longestTimeoutMs
        ? setTimeout(wait, longestTimeoutMs, restMs - longestTimeoutMs)
        : setTimeout(action, restMs);
    if (!keepsAlive) timer.unref();
  };
  wait(checkedDelay(ms));
  return () => clearTimeout(timer);
}

/** A delay as it was given, unless a mistaken sum made it NaN, which Node would take for 1 ms. */
export function checkedDelay(ms: number): number {
  if (typeof ms === "number" && !Number.isNaN(ms)) return ms;
  throw new GridError("INVALID_OPTION", `a delay must be a number of ms, got ${ms}`);
}
