/**
 * Ctrl-C and SIGTERM: the first asks a command to end well, the second to end at once. Where a command is ended by them, its
 * errors have the signal's name as their cause.
 */
import { GridError } from "@callgrid/core";
import type { CliIo, EndSignal } from "./cli-io.ts";

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

/** What the promise comes to, or `CANCELLED` as soon as the signal is aborted. */
export async function unlessAborted<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  let stopListening = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const cancel = (): void => reject(new GridError("CANCELLED", "interrupted", { cause: signal.reason }));
    stopListening = () => signal.removeEventListener("abort", cancel);
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopListening();
    // Nobody is left to hear of a later rejection.
    promise.catch(() => undefined);
  }
}

/** Resolves when the signal is aborted. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
