/**
 * The lifecycle of everything that is started and stopped: workers, distributors and what they consist of. An actor starts once and
 * stops once. Both may be called again, at any time: later calls get the promise of the first one.
 */
export abstract class Actor {
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #isStopped = false;

  /** Starts; does nothing after {@link stop}. Rejects as the start does; what had begun by then is ended by {@link stop}. */
  async start(): Promise<void> {
    if (this.#isStopped) return;
    this.#starting ??= this.begin();
    await this.#starting;
  }

  /** Stops, also in the middle of a start or without one. Resolves when everything has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopping ??= this.end();
    await this.#stopping;
  }

  /** Whether {@link stop} has been called. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** What the first start does. What it does before its first `await` is done when `start` returns. */
  protected abstract begin(): Promise<void>;

  /** What the first stop does. */
  protected abstract end(): Promise<void>;
}
