/** The values that a caller awaits, by id: for queues that report results as events. */

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

export class PendingValues {
  readonly #waiting = new Map<string, Waiting>();

  /** To be called before the work is asked for, since its result may arrive before the request returns. */
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
