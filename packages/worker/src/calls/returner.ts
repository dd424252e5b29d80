/**
 * Gives claimed requests back that do not get to start. A worker claims a few ms of work at a time, by what functions usually take;
 * when one of them takes far longer, those claimed with it must not wait for it while another worker is idle.
 */
import { type Clock, isAddressedId } from "@callgrid/core";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { SlotLoop } from "../evaluation/slot-loop.ts";
import type { OutcomeHandler } from "../pool/outcome-handler.ts";
import { claiming } from "../timing/tuning.ts";
import type { PoolCaller } from "./pool-caller.ts";

/** What the returner works with. */
export interface ReturnerParts {
  readonly clock: Clock;
  readonly loop: SlotLoop;
  readonly outcomeHandler: OutcomeHandler;
  readonly poolCaller: PoolCaller;
  readonly release: (ids: readonly string[]) => void;
}

export class Returner {
  readonly #parts: ReturnerParts;
  #isWatching = false;

  constructor(parts: ReturnerParts) {
    this.#parts = parts;
  }

  /** Watches while claimed requests wait for a slot; cheap when it does so already. */
  watch(): void {
    const { clock, loop } = this.#parts;
    const { ready } = loop.queue;
    if (this.#isWatching || ready.length === 0) return;
    this.#isWatching = true;
    const { taken } = ready;
    clock.background(afterMs(loop.runningMs), () => {
      this.#isWatching = false;
      // what is addressed to this worker waits for it
      if (ready.taken === taken) this.#giveBack(ready.takeAll(({ isOwned, id }) => !isOwned || !isAddressedId(id)));
      this.watch();
    });
  }

  /** Gives up what the heartbeat thread has given back while this one did not get to it. */
  giveUpRevoked(): void {
    this.#giveBack(this.#parts.loop.queue.ready.takeRevoked());
  }

  #giveBack(given: readonly Evaluation[]): void {
    const { outcomeHandler, poolCaller, release } = this.#parts;
    if (given.length === 0) return;
    for (const evaluation of given) outcomeHandler.putDown(evaluation);
    release(given.map(({ id }) => id));
    for (const evaluation of given) if (!evaluation.isDone) poolCaller.askAgain(evaluation);
  }
}

/** How long claimed requests wait behind a function that usually takes `runningMs`. */
function afterMs(runningMs: number): number {
  const { giveBackAfterMs, giveBackRatio, longestWaitMs } = claiming;
  return runningMs > longestWaitMs ? giveBackAfterMs : Math.max(giveBackAfterMs, giveBackRatio * runningMs);
}
