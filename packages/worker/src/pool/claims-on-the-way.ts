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
  #cancelTurn: () => void = () => undefined;

  constructor(parts: { clock: Clock; holds: HoldBoard | undefined; onTakeback: () => void }) {
    this.#clock = parts.clock;
    this.#holds = parts.holds;
    this.#onTakeback = parts.onTakeback;
  }

  /** From now on claims may come. */
  begin(): void {
    if (this.#holds === undefined) return;
    this.#cancelTurn();
    this.#takebacks = this.#holds.beginClaim();
    this.#awaitTurn(() => this.#turn());
  }

  /** They have come, or none will. Returns whether they are this worker's still. */
  end(): boolean {
    if (this.#holds === undefined || this.#takebacks === undefined) return true;
    const takebacks = this.#takebacks;
    this.#takebacks = undefined;
    this.#cancelTurn();
    return this.#holds.endClaim(takebacks);
  }

  /** A reply that is slow to come is not one that nothing reads. What was taken back is read before the worker claims again. */
  #turn(): void {
    if (this.#holds?.hasTakenBack(this.#takebacks) === true) {
      this.#awaitTurn(this.#onTakeback);
      return;
    }
    this.#holds?.noteTurn();
    this.#awaitTurn(() => this.#turn());
  }

  #awaitTurn(turn: () => void): void {
    this.#cancelTurn = this.#clock.background(turnEveryMs, turn);
  }
}
