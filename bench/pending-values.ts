/** The values that somebody waits for, by id: for queues that tell results as events. */

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

export class PendingValues {
  readonly #waiting = new Map<string, Waiting>();

  /** To be called before the work is asked for, since its result may be told before the asking is over. */
  expect(id: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
  }

  settle(id: string, value: unknown): void {
    this.#waiting.get(id)?.resolve(value);
    this.#waiting.delete(id);
  }

  fail(id: string, reason: string): void {
    this.#waiting.get(id)?.reject(new Error(reason));
    this.#waiting.delete(id);
  }
}
