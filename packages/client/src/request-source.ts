/** Where a list of requests comes from: an array, a generator, or an asynchronous one. */
import { GridError } from "@callgrid/core";

/** What a source brought: a request, or its end. */
export type SourceStep = IteratorResult<unknown>;

/** Pulled from, one step at a time, until it is over: ended, failed or closed. */
export interface RequestSource {
  readonly isOver: boolean;
  /** A promise from asynchronous sources only. Throws or rejects with what the source throws. */
  next(): SourceStep | Promise<SourceStep>;
  /** Lets the source clean up. */
  close(): Promise<void>;
}

/** Throws `INVALID_REQUEST` for what cannot be iterated over. Pulls nothing yet. */
export function openSource(requests: unknown): RequestSource {
  if (hasMethod<AsyncIterable<unknown>>(requests, Symbol.asyncIterator)) {
    return new AsyncSource(requests[Symbol.asyncIterator]());
  }
  if (hasMethod<Iterable<unknown>>(requests, Symbol.iterator)) return new SyncSource(requests[Symbol.iterator]());
  throw new GridError(
    "INVALID_REQUEST",
    `a list of requests is needed, or a generator of them, got ${typeof requests}`,
  );
}

function hasMethod<Kind>(value: unknown, name: symbol): value is Kind {
  return typeof value === "object" && value !== null && typeof (value as Record<symbol, unknown>)[name] === "function";
}

class SyncSource implements RequestSource {
  readonly #iterator: Iterator<unknown>;
  isOver = false;

  constructor(iterator: Iterator<unknown>) {
    this.#iterator = iterator;
  }

  next(): SourceStep {
    try {
      const step = this.#iterator.next();
      if (step.done === true) this.isOver = true;
      return step;
    } catch (error) {
      this.isOver = true;
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    try {
      this.#iterator.return?.();
    } catch {
      // Who closes has a reason to stop already, and that is the one to be told.
    }
  }
}

class AsyncSource implements RequestSource {
  readonly #iterator: AsyncIterator<unknown>;
  #isBusy = false;
  isOver = false;

  constructor(iterator: AsyncIterator<unknown>) {
    this.#iterator = iterator;
  }

  async next(): Promise<SourceStep> {
    this.#isBusy = true;
    try {
      const step = await this.#iterator.next();
      if (step.done === true) this.isOver = true;
      return step;
    } catch (error) {
      this.isOver = true;
      throw error;
    } finally {
      this.#isBusy = false;
    }
  }

  async close(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    // A generator cleans up after its pending step, which may never come: leaving a loop must not wait for that.
    const closing = this.#clean();
    if (!this.#isBusy) await closing;
  }

  async #clean(): Promise<void> {
    try {
      await this.#iterator.return?.();
    } catch {
      // As in SyncSource.
    }
  }
}
