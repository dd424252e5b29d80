/**
 * When a link is given up, as a pure decision: nothing has come over it for a while though something is due. A half-open socket reports
 * nothing, so silence is all that shows it; and a link can go silent before it is ready, when no command waits for an answer yet.
 */

/** How a link looks at one moment. */
export interface LinkMoment {
  readonly nowMs: number;
  /** In ioredis' words: `connecting` and `connect` while the link is being made, `ready` once it takes commands. */
  readonly status: string;
  /** How many commands were sent and have no answer. */
  readonly unanswered: number;
  /** How many bytes have come over the link so far. */
  readonly bytesHeard: number;
}

/** How often to look at a link, in ms. */
export const lookEveryMs = 1_000;
/** How long a link may be silent where no answer is allowed to take longer, in ms. */
export const silenceMs = 5_000;
/** A look that comes this much late shows that the process itself was too busy to listen, in ms. */
const busyMs = 500;

export class LinkPatience {
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #bytesHeard = 0;
  #wasDue = false;

  /** Whether the link is to be given up. Ask it every {@link lookEveryMs}. */
  isExhaustedBy({ nowMs, status, unanswered, bytesHeard }: LinkMoment): boolean {
    const wasBusy = nowMs - this.#lookedAtMs > lookEveryMs + busyMs;
    this.#lookedAtMs = nowMs;
    // a new link counts from zero
    const hasHeard = bytesHeard !== this.#bytesHeard;
    this.#bytesHeard = bytesHeard;
    const isDue = isAnswerDue(status, unanswered);
    if (wasBusy || hasHeard || !isDue || !this.#wasDue) this.#heardAtMs = nowMs;
    this.#wasDue = isDue;
    return nowMs - this.#heardAtMs >= silenceMs;
  }
}

function isAnswerDue(status: string, unanswered: number): boolean {
  return status === "connecting" || status === "connect" || (status === "ready" && unanswered > 0);
}
