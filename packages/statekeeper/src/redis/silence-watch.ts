/**
 * Tears a link down on which nothing comes though an answer is due: a half-open socket tells nobody that it is dead. The watch
 * does not count the time in which this process itself heard nothing, since a calculation kept it from listening.
 */
import type { Redis } from "ioredis";

/** No answer is due later than this: blocking reads take less, and scripts are bounded. In ms. */
const silenceMs = 5_000;
const lookEveryMs = 1_000;
/** A look that comes this much late says that the process was busy. */
const busyMs = 500;

export class SilenceWatch {
  readonly #redis: Redis;
  readonly #timer: NodeJS.Timeout;
  #due = 0;
  #heardAt = 0;
  #lookedAt = performance.now();

  constructor(redis: Redis) {
    this.#redis = redis;
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
  }

  /** Waits for an answer, under watch. */
  async over<Answer>(answer: Promise<Answer>): Promise<Answer> {
    if (this.#due === 0) this.#heardAt = performance.now();
    this.#due += 1;
    try {
      return await answer;
    } finally {
      this.#due -= 1;
      this.#heardAt = performance.now();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const wasBusy = now - this.#lookedAt > lookEveryMs + busyMs;
    this.#lookedAt = now;
    if (wasBusy) this.#heardAt = now;
    if (this.#due === 0 || now - this.#heardAt < silenceMs || this.#redis.status !== "ready") return;
    this.#heardAt = now;
    this.#redis.stream.destroy(new Error(`nothing came for ${silenceMs} ms`));
  }
}
