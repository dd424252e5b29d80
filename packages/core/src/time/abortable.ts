/** A wait that ends when a signal is aborted. */

/**
 * The result of the promise, unless the signal is aborted first: then it rejects, and the later result of the promise is ignored.
 *
 * @param errorOf - makes the rejection of the signal's reason. Default: the reason itself.
 */
export async function abortable<Value>(
  signal: AbortSignal,
  promise: Promise<Value>,
  errorOf: (reason: unknown) => unknown = (reason) => reason,
): Promise<Value> {
  let stopListening = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(errorOf(signal.reason));
    stopListening = () => signal.removeEventListener("abort", abort);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    stopListening();
  }
}
