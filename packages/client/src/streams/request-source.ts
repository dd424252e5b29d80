/** Where a list of requests comes from: an array, a generator, or an asynchronous one. */
import { GridError } from "@callgrid/core";

/** What a source brought: a request, or its end. */
export type SourceStep = IteratorResult<unknown>;

/** Pulled from, one step at a time, until it is over: ended or closed. One that has thrown is pulled from no more. */
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
  throw new GridError("INVALID_REQUEST", `expected a list of requests or a generator of them, got ${typeof requests}`);
}

function hasMethod<Kind>(value: unknown, name: symbol): value is Kind {
  return typeof value === "object" && value !== null && typeof (value as Record<symbol, unknown>)[name] === "function";
}

class SyncSource implements RequestSource {
  readonly #iterator: Iterator<unknown>;
  #state: "idle" | "busy" | "failed" = "idle";
  isOver = false;

  constructor(iterator: Iterator<unknown>) {
    this.#iterator = iterator;
  }

  next(): SourceStep {
    this.#state = "busy";
    const step = this.#step();
    this.#state = "idle";
    // closed by what the step itself did, such as aborting the call's signal: a generator that runs cannot be closed
    if (this.isOver) this.#clean();
    if (step.done === true) this.isOver = true;
    return step;
  }

  async close(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    if (this.#state === "idle") this.#clean();
  }

  #step(): SourceStep {
    try {
      return this.#iterator.next();
    } catch (error) {
      this.#state = "failed";
      throw error;
    }
  }

  #clean(): void {
    try {
      this.#iterator.return?.();
    } catch {
      // The closing code already has a reason to stop, and reports that one.
    }
  }
}

class AsyncSource implements RequestSource {
  readonly #iterator: AsyncIterator<unknown>;
  #state: "idle" | "busy" | "failed" = "idle";
  isOver = false;

  constructor(iterator: AsyncIterator<unknown>) {
    this.#iterator = iterator;
  }

  async next(): Promise<SourceStep> {
    this.#state = "busy";
    try {
      const step = await this.#iterator.next();
      this.#state = "idle";
      if (step.done === true) this.isOver = true;
      return step;
    } catch (error) {
      // not over: what is open may settle before the error arrives, and must not count as the last
      this.#state = "failed";
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    if (this.#state === "failed") return;
    // A generator cleans up after its pending step, which may never come: leaving a loop must not wait for that.
    const closing = this.#clean();
    if (this.#state === "idle") await closing;
  }

  async #clean(): Promise<void> {
    try {
      await this.#iterator.return?.();
    } catch {
      // As in SyncSource.
    }
  }
}
