/**
 * The wait of one `enqueueAll`: values in the order of their requests, or the failure that comes first in that order. A
 * failure withdraws what comes after it at once, and is reported when everything before it has an outcome: so it is the
 * same failure whichever came first in time.
 */
import type { GridError, RequestError } from "@callgrid/core";
import type { Call } from "../requests/call.ts";
import type { OpenWait } from "../requests/open-waits.ts";
import { RequestWindow, type WindowTaker } from "./request-window.ts";
import type { StreamItem } from "./stream-item.ts";

/** How an {@link OrderedValues} is set up. */
export interface OrderedValuesParts {
  readonly size: number;
  readonly resolve: (values: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class OrderedValues implements OpenWait, WindowTaker {
  readonly #call: Call;
  readonly #parts: OrderedValuesParts;
  readonly #window: RequestWindow;
  readonly #values: unknown[] = [];
  #failure: RequestError | undefined;

  constructor(call: Call, requests: unknown, parts: OrderedValuesParts) {
    this.#call = call;
    this.#parts = parts;
    this.#window = new RequestWindow({ call, requests, size: parts.size, taker: this });
    call.enter(this);
    this.#window.pull();
  }

  get signal(): AbortSignal | undefined {
    return this.#call.signal;
  }

  end(error: GridError): void {
    void this.#window.stop();
    this.onFailure(error);
  }

  onOutcome({ index, outcome }: StreamItem): void {
    if ("error" in outcome) this.#takeFailure(index, outcome.error);
    else this.#takeValue(index, outcome.value);
    this.#window.taken();
  }

  onExhausted(): void {
    this.#call.leave(this);
    if (this.#failure === undefined) this.#parts.resolve(this.#values);
    else this.#parts.reject(this.#failure);
  }

  onFailure(error: unknown): void {
    this.#call.leave(this);
    this.#parts.reject(error);
  }

  #takeValue(index: number, value: unknown): void {
    // Without gaps: an array that is written far behind its end becomes a slow dictionary.
    while (this.#values.length < index) this.#values.push(undefined);
    this.#values[index] = value;
  }

  #takeFailure(index: number, error: RequestError): void {
    // What comes after an earlier failure is withdrawn, so this one comes before it.
    this.#failure = error;
    this.#window.cutAfter(index);
  }
}
