/**
 * The calls that the worker makes of the statekeeper, once in a turn of the event loop, all together: suspensions, outcomes, and then a
 * claim. Outcomes may wait for those of the next few turns.
 */
import type { Clock } from "@callgrid/core";
import type { WorkerPool } from "@callgrid/statekeeper";
import type { Returner } from "../calls/returner.ts";
import type { SlotLoop } from "../evaluation/slot-loop.ts";
import { isIdle, type OwnWorkload } from "../pool/claim-size.ts";
import type { Claimer } from "../pool/claimer.ts";
import type { Completer } from "../pool/completer.ts";
import type { CycleFinder } from "../pool/cycle-finder.ts";
import type { Drain } from "../pool/drain.ts";
import type { SuspensionReporter } from "../pool/suspension-reporter.ts";
import type { SelfTimes } from "../timing/run-times.ts";
import { handingIn } from "../timing/tuning.ts";

/** What an {@link Exchange} works with. */
export interface ExchangeParts {
  readonly clock: Clock;
  readonly keeper: WorkerPool;
  readonly loop: SlotLoop;
  readonly selfTimes: SelfTimes;
  readonly marker: SuspensionReporter;
  readonly completer: Completer;
  readonly claimer: Claimer;
  readonly returner: Returner;
  readonly cycleFinder: CycleFinder;
  readonly drain: Drain;
  readonly workload: () => OwnWorkload;
}

export class Exchange {
  readonly #parts: ExchangeParts;
  #isScheduled = false;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
  }

  /** Something changed that may need a call of the statekeeper. */
  schedule(): void {
    const { returner, drain, clock } = this.#parts;
    returner.giveUpRevoked();
    drain.noteChange();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    clock.turn(() => this.#exchange());
  }

  /** What was known of the pool, or what it knew of this worker, is outdated. */
  askAgain(): void {
    this.#parts.claimer.invalidate();
    this.schedule();
  }

  /** Calls that are made only now and then. */
  async round(): Promise<void> {
    const { completer, marker, cycleFinder } = this.#parts;
    if (this.#isStarved) this.askAgain();
    completer.flushReports();
    marker.flushProgress();
    await cycleFinder.look();
  }

  /** Idle and not open to roots, it is no volunteer, and the pool does not notify it of children that are queued outside. */
  get #isStarved(): boolean {
    const workload = this.#parts.workload();
    return isIdle(workload) && !workload.isOpenToRoots;
  }

  /** Another turn like this comes within a few ms, and no idle worker is known that might wait for an outcome. */
  get #isSoonBack(): boolean {
    const { loop, selfTimes, claimer } = this.#parts;
    return claimer.volunteers === 0 && loop.isPausing && loop.queue.isSoonThrough(handingIn.soonMs, selfTimes);
  }

  #exchange(): void {
    const { clock, keeper, loop, marker, completer, claimer, returner } = this.#parts;
    this.#isScheduled = false;
    loop.beginSlice();
    returner.watch();
    keeper.gather(() => {
      marker.flush();
      if (this.#isSoonBack) completer.flushIfDue(clock.now());
      else completer.flush();
      claimer.consider();
    });
  }
}
