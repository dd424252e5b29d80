/**
 * Ctrl-C and SIGTERM: the first asks a command to end well, the second to end at once. Where a command is ended by them, its
 * errors have the signal's name as their cause.
 */
import { abortable, GridError } from "@callgrid/core";
import type { CliIo, EndSignal } from "../terminal/io.ts";

/** Aborted by signals, each with the signal's name as the reason. */
export interface Interrupts {
  readonly first: AbortSignal;
  readonly second: AbortSignal;
}

/** Listens to signals for as long as `run` takes. */
export async function withInterrupts<Result>(
  io: CliIo,
  run: (interrupts: Interrupts) => Promise<Result>,
): Promise<Result> {
  const first = new AbortController();
  const second = new AbortController();
  const stopListening = io.onSignal((signal: EndSignal) => {
    if (first.signal.aborted) second.abort(signal);
    else first.abort(signal);
  });
  try {
    return await run({ first: first.signal, second: second.signal });
  } finally {
    stopListening();
  }
}

// After the first signal, how long a command may take to end well.
const graceMs = 1_500;

/**
 * Runs what the first signal asks to end well, and what has nothing to clean up: whatever it is at, the second signal ends it at
 * once, and so does the end of a short time.
 */
export function untilInterrupted<Result>(io: CliIo, run: (first: AbortSignal) => Promise<Result>): Promise<Result> {
  return withInterrupts(io, async ({ first, second }) => {
    const grace = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const begin = (): void => {
      timer = setTimeout(() => grace.abort(first.reason), graceMs);
    };
    first.addEventListener("abort", begin);
    try {
      return await unlessAborted(AbortSignal.any([second, grace.signal]), run(first));
    } finally {
      first.removeEventListener("abort", begin);
      clearTimeout(timer);
    }
  });
}

/** The value of the promise, or `CANCELLED` as soon as the signal is aborted. */
export function unlessAborted<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return abortable(signal, promise, (cause) => new GridError("CANCELLED", "interrupted", { cause }));
}

/** Resolves when the signal is aborted. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
