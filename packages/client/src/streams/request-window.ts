/**
 * Pulls requests from a source and asks for their outcomes, while at most `size` of them are open, or finished and not
 * yet taken. So a source of any length needs memory for one window, and a slow taker slows the source down.
 */
import { decodeOutcome, GridError, isGridError, type OutcomeText, RebuiltMap } from "@callgrid/core";
import type { Call } from "../requests/call.ts";
import type { OpenRequest } from "../requests/timed-request.ts";
import { openSource, type RequestSource, type SourceStep } from "./request-source.ts";
import type { ItemOrigin, StreamItem } from "./stream-item.ts";

/**
 * Who takes what comes out of a {@link RequestWindow}. Every outcome holds its place until {@link RequestWindow.taken}.
 */
export interface WindowTaker {
  onOutcome(item: StreamItem): void;
  /** The source has ended and nothing is open. */
  onExhausted(): void;
  /** The source threw, or brought what is not a request; everything has been withdrawn. */
  onFailure(error: unknown): void;
}

/** What a {@link RequestWindow} works with. */
export interface RequestWindowParts {
  readonly call: Call;
  readonly requests: unknown;
  readonly size: number;
  readonly taker: WindowTaker;
}

/** For so long requests are pulled at a time, in ms: to write them down is work, and what is there already has to leave meanwhile. */
const longestPullMs = 10;

export class RequestWindow {
  readonly #call: Call;
  readonly #size: number;
  readonly #taker: WindowTaker;
  readonly #source: RequestSource;
  readonly #open = new RebuiltMap<number, OpenRequest>();
  /** Outcomes that the taker was notified of and has not taken. */
  #held = 0;
  #nextIndex = 0;
  #isPulling = false;
  #isPullScheduled = false;
  #isDone = false;

  /**
   * Throws `INVALID_REQUEST` for requests that cannot be iterated over. Nothing is pulled before {@link
   * RequestWindow.pull}.
   */
  constructor(parts: RequestWindowParts) {
    this.#call = parts.call;
    this.#size = parts.size;
    this.#taker = parts.taker;
    this.#source = openSource(parts.requests);
  }

  /** Fills the window. */
  pull(): void {
    // A pull that is going on sees for itself that there is room again.
    if (!this.#isPulling) this.#pullUntil(this.#call.clock.now() + longestPullMs);
  }

  #pullUntil(until: number): void {
    if (this.#isDone) return;
    this.#isPulling = true;
    const { clock } = this.#call;
    try {
      while (this.#hasRoom()) {
        if (clock.now() >= until) {
          clock.turn(() => this.#pullUntil(clock.now() + longestPullMs));
          return;
        }
        const step = this.#source.next();
        if (step instanceof Promise) {
          this.#pullOnAfter(step, until);
          return;
        }
        this.#accept(step);
      }
      this.#isPulling = false;
      this.#tellIfExhausted();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The taker has taken one outcome: there is room for one more request. */
  taken(): void {
    this.#held -= 1;
    if (this.#isPullScheduled) return;
    this.#isPullScheduled = true;
    // A loop takes one outcome after the other: refilled at once, each request would be submitted alone.
    this.#call.clock.turn(() => {
      this.#isPullScheduled = false;
      this.pull();
    });
  }

  /** Pulls nothing more, and withdraws what comes after `index`. */
  cutAfter(index: number): void {
    void this.#source.close();
    for (const [openIndex, ask] of this.#open) {
      if (openIndex <= index) continue;
      this.#open.delete(openIndex);
      ask.withdraw();
    }
  }

  /** Withdraws everything, lets the source clean up, and sends the taker nothing more. */
  async stop(): Promise<void> {
    this.#isDone = true;
    const closing = this.#source.close();
    this.cutAfter(-1);
    await closing;
  }

  #pullOnAfter(step: Promise<SourceStep>, until: number): void {
    step
      .then((arrived) => {
        this.#accept(arrived);
        this.#pullUntil(until);
      })
      .catch((error: unknown) => {
        // of a source that was closed meanwhile nothing more is wanted
        if (!this.#source.isOver) this.#fail(error);
      });
  }

  #hasRoom(): boolean {
    return !this.#source.isOver && this.#open.size + this.#held < this.#size;
  }

  #accept(step: SourceStep): void {
    // Over: that was the end, or the source was closed while it worked on this step.
    if (this.#source.isOver) return;
    const index = this.#nextIndex;
    this.#nextIndex += 1;
    try {
      this.#open.set(index, this.#ask(index, step.value));
    } catch (error) {
      throw atIndex(index, error);
    }
  }

  #ask(index: number, request: unknown): OpenRequest {
    const submission = this.#call.submissionOf(request);
    const requestId = submission.id;
    return this.#call.ask(submission, (text, { isKept = false }) => this.#settle({ index, requestId, isKept }, text));
  }

  #settle(origin: ItemOrigin, text: OutcomeText): void {
    this.#open.delete(origin.index);
    this.#held += 1;
    try {
      this.#taker.onOutcome({ outcome: decodeOutcome(text), ...origin });
      this.#tellIfExhausted();
    } catch (error) {
      this.#fail(error);
    }
  }

  #tellIfExhausted(): void {
    if (this.#isDone || !this.#source.isOver || this.#open.size > 0) return;
    this.#isDone = true;
    this.#taker.onExhausted();
  }

  #fail(error: unknown): void {
    if (this.#isDone) return;
    void this.stop();
    this.#taker.onFailure(error);
  }
}

/** The same error, under the index of the request that it is about. */
function atIndex(index: number, error: unknown): unknown {
  if (!isGridError(error)) return error;
  return new GridError(error.code, `requests[${index}]: ${error.message}`, {
    details: { ...error.details, index },
    cause: error,
  });
}
