/**
 * Outcomes in the order of their requests, out of a stream that brings them as they come. What comes early is kept, and what is
 * kept is bounded: requests are passed on only while they are less than a window ahead of what has been given out.
 */
import type { StreamItem } from "@callgrid/client";

export class OrderedOutcomes<Request> {
  readonly #window: number;
  #admitted = 0;
  #givenOut = 0;
  #wakeSource: () => void = () => undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(window: number) {
    this.#window = window;
  }

  /** The requests for the stream. If their source fails, they end there, so that those before it still get their outcomes. */
  async *admit(requests: AsyncIterable<Request>): AsyncGenerator<Request, undefined> {
    try {
      for await (const request of requests) {
        while (this.#admitted - this.#givenOut >= this.#window) await this.#untilGivenOut();
        this.#admitted += 1;
        yield request;
      }
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** The outcomes of the stream in order; throws at the end what the source of the requests threw. */
  async *inOrder(items: AsyncIterable<StreamItem>): AsyncGenerator<StreamItem, undefined> {
    const early = new Map<number, StreamItem>();
    for await (const item of items) {
      early.set(item.index, item);
      for (let next = early.get(this.#givenOut); next !== undefined; next = early.get(this.#givenOut)) {
        early.delete(next.index);
        this.#givenOut += 1;
        this.#wakeSource();
        yield next;
      }
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #untilGivenOut(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeSource = resolve;
    });
  }
}
