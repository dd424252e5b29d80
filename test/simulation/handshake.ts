/**
 * Makes a process's next link. Some attempts meet an end that accepts and then says nothing; the process watches them as it watches its
 * real links (redis/link-patience.ts), gives them up, and tries again.
 */
import { LinkPatience, lookEveryMs } from "../../packages/statekeeper/src/redis/links/link-patience.ts";
import type { ConnectionParts } from "./command-connection.ts";

export class Handshake {
  readonly #parts: ConnectionParts;
  #isStalled = false;
  #stalledUntilMs = 0;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Until when an attempt was stalled: until now, if one is. */
  get stalledUntilMs(): number {
    return this.#isStalled ? this.#parts.world.now() : this.#stalledUntilMs;
  }

  /** Calls `onReady` once a link is there, after so many attempts that stall. */
  make(stalls: number, onReady: () => void): void {
    this.#isStalled = stalls > 0;
    this.#stalledUntilMs = this.#parts.world.now();
    if (stalls === 0) onReady();
    else this.#watch(new LinkPatience(), () => this.make(stalls - 1, onReady));
  }

  #watch(patience: LinkPatience, onExhausted: () => void): void {
    const { process, world, trace } = this.#parts;
    const moment = { nowMs: process.nowMs(), status: "connect", unanswered: 0, bytesHeard: 0 };
    if (!patience.isExhaustedBy(moment)) {
      process.at(world.now() + lookEveryMs, () => this.#watch(patience, onExhausted));
      return;
    }
    trace.note(process.name, "gives up a link that says nothing");
    onExhausted();
  }
}
