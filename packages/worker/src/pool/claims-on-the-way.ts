/**
 * Claims that the pool may have sent and this worker has not read: the reply to a claim, or work for a volunteer. While code that never
 * yields keeps them from being read, the heartbeat thread gives them back (heartbeat/hold-watch.ts).
 */
import type { Clock } from "@callgrid/core";
import type { HoldBoard } from "../heartbeat/hold-board.ts";
import { turnEveryMs } from "../heartbeat/hold-watch.ts";

export class ClaimsOnTheWay {
  readonly #clock: Clock;
  readonly #holds: HoldBoard | undefined;
  readonly #onTakeback: () => void;
  #takebacks: number | undefined;
  /** As it was before the claim was sent that has come last. */
  #takebacksBefore: number | undefined;
  /** One timer turns for as long as claims come again and again: one for each would cost as much as sending the claim. */
  #isTurning = false;
  /** Whether the turn before has found that what is on the way was taken back. */
  #hasSeenTakeback = false;

  constructor(parts: { clock: Clock; holds: HoldBoard | undefined; onTakeback: () => void }) {
    this.#clock = parts.clock;
    this.#holds = parts.holds;
    this.#onTakeback = parts.onTakeback;
  }

  /** From now on claims may come. What a takeback before may have taken of earlier ones stays in doubt until they have come. */
  begin(): void {
    if (this.#holds !== undefined) this.#begin(this.#holds, this.#takebacks);
  }

  /**
   * The claim that has come last made the worker a volunteer. Claims may come unread only where functions have begun; and a takeback that was
   * under way meanwhile may end the volunteering.
   */
  beginVolunteering(hasBegun: boolean): void {
    const before = this.#takebacksBefore;
    if (this.#holds !== undefined && (hasBegun || this.#holds.mayTakeBack(before))) this.#begin(this.#holds, before);
  }

  /** They have come, or none will. Returns whether they are this worker's still. */
  end(): boolean {
    if (this.#holds === undefined || this.#takebacks === undefined) return true;
    const takebacks = this.#takebacks;
    this.#takebacksBefore = takebacks;
    this.#takebacks = undefined;
    return this.#holds.endClaim(takebacks);
  }

  #begin(holds: HoldBoard, takebacks: number | undefined): void {
    const now = holds.beginClaim();
    this.#takebacks = takebacks ?? now;
    this.#hasSeenTakeback = false;
    if (this.#isTurning) return;
    this.#isTurning = true;
    this.#awaitTurn(holds);
  }

  #awaitTurn(holds: HoldBoard): void {
    this.#clock.background(turnEveryMs, () => this.#turn(holds));
  }

  /** A reply that is slow to come is not one that nothing reads. What was taken back is read before the worker claims again. */
  #turn(holds: HoldBoard): void {
    if (this.#takebacks === undefined) {
      this.#isTurning = false;
      return;
    }
    if (!holds.hasTakenBack(this.#takebacks)) holds.noteTurn();
    else if (this.#hasSeenTakeback) this.#onTakeback();
    else this.#hasSeenTakeback = true;
    this.#awaitTurn(holds);
  }
}
