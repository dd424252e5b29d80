/** A wait that ends in time, also if the awaited promise never settles. */
import type { CancelTimer, Clock } from "./clock.ts";

/**
 * What the promise resolves to, or undefined after `ms`; rejects if the promise does so in time. A later rejection is ignored. The
 * timer keeps the process alive no longer than the wait takes.
 */
export async function within<Value>(clock: Clock, ms: number, promise: Promise<Value>): Promise<Value | undefined> {
  let cancel: CancelTimer = () => undefined;
  const expired = new Promise<undefined>((resolve) => {
    cancel = clock.after(ms, () => resolve(undefined));
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    cancel();
  }
}
