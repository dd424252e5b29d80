/**
 * The loop of one `stream`: outcomes as they come, or in the order of their requests, with the index of their request. It begins with the first step, and
 * ends with the last outcome, by an error, or when the loop is left; then everything open is withdrawn.
 */
import type { GridError } from "@callgrid/core";
import type { Call } from "../requests/call.ts";
import type { OpenWait } from "../requests/open-waits.ts";
import { RequestWindow, type WindowTaker } from "./request-window.ts";
import type { StreamItem } from "./stream-item.ts";

type Step = IteratorResult<StreamItem, undefined>;

interface WaitingStep {
  readonly resolve: (step: Step) => void;
  readonly reject: (error: unknown) => void;
}

const end: Step = { done: true, value: undefined };

export class OutcomeStream implements AsyncIterableIterator<StreamItem, undefined>, OpenWait, WindowTaker {
  readonly #call: Call;
  readonly #window: RequestWindow;
  /** Finished and not taken; bounded by the window. */
  readonly #ready: StreamItem[] = [];
  /** Finished before others whose turn comes first, by index; `undefined` where outcomes are yielded as they come. */
  readonly #early: Map<number, StreamItem> | undefined;
  #nextIndex = 0;
  /** Steps asked for with nothing ready: one in a loop, more only for who calls `next` by hand. */
  #waiting: WaitingStep[] = [];
  #state: "new" | "running" | "exhausted" | "over" = "new";
  #failure: { readonly error: unknown } | undefined;

  constructor(
    call: Call,
    requests: unknown,
    { size, isOrdered }: { readonly size: number; readonly isOrdered: boolean },
  ) {
    this.#call = call;
    this.#early = isOrdered ? new Map() : undefined;
    this.#window = new RequestWindow({ call, requests, size, taker: this });
  }

  get signal(): AbortSignal | undefined {
    return this.#call.signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Step> {
    if (this.#state === "new") this.#begin();
    const item = this.#ready.shift();
    if (item !== undefined) {
      this.#window.taken();
      return { done: false, value: item };
    }
    if (this.#state === "running") return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    return this.#lastStep();
  }

  /** Leaves the loop early. */
  async return(): Promise<Step> {
    const stopped = this.#window.stop();
    this.#finish("over");
    await stopped;
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  end(error: GridError): void {
    void this.#window.stop();
    this.onFailure(error);
  }

  onOutcome(item: StreamItem): void {
    if (this.#early === undefined) this.#offer(item);
    else this.#offerInOrder(this.#early, item);
  }

  #offerInOrder(early: Map<number, StreamItem>, item: StreamItem): void {
    early.set(item.index, item);
    for (let next = early.get(this.#nextIndex); next !== undefined; next = early.get(this.#nextIndex)) {
      early.delete(this.#nextIndex);
      this.#nextIndex += 1;
      this.#offer(next);
    }
  }

  #offer(item: StreamItem): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      this.#ready.push(item);
    } else {
      waiting.resolve({ done: false, value: item });
      this.#window.taken();
    }
  }

  onExhausted(): void {
    this.#finish("exhausted");
  }

  onFailure(error: unknown): void {
    this.#failure = { error };
    this.#finish("over");
  }

  #begin(): void {
    this.#state = "running";
    this.#call.enter(this);
    this.#window.pull();
  }

  #finish(state: "exhausted" | "over"): void {
    this.#state = state;
    this.#call.leave(this);
    if (state === "over") {
      this.#ready.length = 0;
      this.#early?.clear();
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const step of waiting) this.#lastStep().then(step.resolve, step.reject);
  }

  /** The end; once, the error instead. */
  async #lastStep(): Promise<Step> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
    return end;
  }
}
