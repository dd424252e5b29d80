/**
 * Hands outcomes in: collects those of one turn, or of a few ms, and sends them together, with what was measured since the last time.
 */
import { isAddressedId } from "@callgrid/core";
import type { Completion, EvaluationReport, WorkerPool } from "@callgrid/statekeeper";
import type { Hold, HoldBoard } from "../heartbeat/hold-board.ts";
import type { SelfTimes } from "../timing/run-times.ts";
import { handingIn } from "../timing/tuning.ts";

export class Completer {
  readonly #keeper: WorkerPool;
  readonly #worker: string;
  readonly #selfTimes: SelfTimes;
  readonly #holds: HoldBoard | undefined;
  readonly #onOutdated: (ids: readonly string[]) => void;
  readonly #onError: (error: unknown) => void;
  #waiting: Completion[] = [];
  /** What waits, as others may evaluate it again where this worker fails to hand it in. */
  #waitingHolds: Hold[] = [];
  /** Since when the first of them waits. */
  #waitingSince = 0;
  #waitingIds = new Set<string>();
  readonly #inFlight = new Set<Promise<void>>();

  constructor(parts: {
    keeper: WorkerPool;
    worker: string;
    selfTimes: SelfTimes;
    holds?: HoldBoard | undefined;
    /** The worker holds these, and what it made of them is no outcome, since some code in it is not current. */
    onOutdated: (ids: readonly string[]) => void;
    onError: (error: unknown) => void;
  }) {
    this.#keeper = parts.keeper;
    this.#worker = parts.worker;
    this.#selfTimes = parts.selfTimes;
    this.#holds = parts.holds;
    this.#onOutdated = parts.onOutdated;
    this.#onError = parts.onError;
  }

  add(completion: Completion, now: number): void {
    if (this.#waiting.length === 0) this.#waitingSince = now;
    this.#waiting.push(completion);
    this.#waitingIds.add(completion.id);
    if (this.#holds === undefined) return;
    const hold = this.#holds.list(completion.id);
    // given back, what is addressed to this worker would fail
    if (!isAddressedId(completion.id)) hold.open();
    this.#waitingHolds.push(hold);
  }

  /** Sends what waits if the outcome of this request is among it. */
  flushIfWaiting(id: string): void {
    if (this.#waitingIds.has(id)) this.flush();
  }

  /** Sends what has waited for long enough. */
  flushIfDue(now: number): void {
    if (now - this.#waitingSince >= handingIn.afterMs) this.flush();
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    const all = this.#waiting;
    this.#waiting = [];
    this.#waitingIds = new Set();
    for (const hold of this.#waitingHolds.splice(0)) hold.end();
    let reports = this.#selfTimes.takeReports();
    for (let start = 0; start < all.length; ) {
      const end = endOfCall(all, start);
      this.#send(all.slice(start, end), reports);
      reports = [];
      start = end;
    }
  }

  /** Reports what was measured even if no outcome is to be handed in. */
  flushReports(): void {
    this.flush();
    const reports = this.#selfTimes.takeReports();
    if (reports.length > 0) this.#send([], reports);
  }

  /** Resolves when everything sent has arrived. */
  async settled(): Promise<void> {
    this.flushReports();
    await Promise.all(this.#inFlight);
  }

  #send(completions: Completion[], reports: readonly EvaluationReport[]): void {
    const sending = this.#complete(completions, reports).catch(this.#onError);
    this.#inFlight.add(sending);
    void sending.then(() => this.#inFlight.delete(sending));
  }

  async #complete(completions: Completion[], reports: readonly EvaluationReport[]): Promise<void> {
    const outdated = await this.#keeper.complete(this.#worker, completions, reports);
    if (outdated.length > 0) this.#onOutdated(outdated);
  }
}

function endOfCall(all: readonly Completion[], start: number): number {
  let characters = 0;
  let end = start;
  while (
    end < all.length &&
    end - start < handingIn.mostPerCall &&
    (end === start || characters < handingIn.mostCharactersPerCall)
  ) {
    characters += all[end]?.outcome.length ?? 0;
    end += 1;
  }
  return end;
}
