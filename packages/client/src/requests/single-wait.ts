/** The wait of one `enqueue`: settles its promise once, by an outcome or by being ended. */
import { decodeOutcome, type GridError, type OutcomeText } from "@callgrid/core";
import type { Call } from "./call.ts";
import type { OpenWait } from "./open-waits.ts";
import type { OpenRequest } from "./timed-request.ts";

export class SingleWait implements OpenWait {
  readonly #call: Call;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #ask: OpenRequest | undefined;

  constructor(call: Call, resolve: (value: unknown) => void, reject: (error: unknown) => void) {
    this.#call = call;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get signal(): AbortSignal | undefined {
    return this.#call.signal;
  }

  /** Asks at once; throws what {@link Call.submissionOf} throws. */
  start(request: unknown): void {
    this.#ask = this.#call.ask(this.#call.submissionOf(request), (outcome) => this.#settle(outcome));
    this.#call.enter(this);
  }

  end(error: GridError): void {
    this.#call.leave(this);
    this.#ask?.withdraw();
    this.#reject(error);
  }

  #settle(text: OutcomeText): void {
    this.#call.leave(this);
    try {
      const outcome = decodeOutcome(text);
      if ("error" in outcome) this.#reject(outcome.error);
      else this.#resolve(outcome.value);
    } catch (error) {
      this.#reject(error);
    }
  }
}
