/**
 * Does something again and again until it is stopped: renewals, sweeps, checks, reports. One round is under way at a time, and the pause
 * begins when a round has ended, so rounds do not pile up before a link that is down. Pauses let the process end.
 */
import type { CancelTimer, Clock } from "../time/clock.ts";
import { Actor } from "./actor.ts";

/** What a {@link Periodic} does, and how often. */
export interface PeriodicOptions {
  readonly clock: Clock;
  /** The pause between two rounds, in ms. */
  readonly everyMs: number;
  /** The pause before the first round, in ms. Default: {@link everyMs}. */
  readonly firstAfterMs?: number;
  /** One round. A number, or a promise of one, is the pause before the next round, in ms, instead of {@link everyMs}. */
  readonly round: () => unknown;
  /** Called with what a round throws; the next round comes all the same. Default: ignored. */
  readonly onError?: (error: unknown) => void;
}

export class Periodic extends Actor {
  readonly #options: PeriodicOptions;
  #cancelNext: CancelTimer = () => undefined;
  #underWay: Promise<void> = Promise.resolve();

  constructor(options: PeriodicOptions) {
    super();
    this.#options = options;
  }

  protected override async begin(): Promise<void> {
    const { firstAfterMs, everyMs } = this.#options;
    this.#schedule(firstAfterMs ?? everyMs);
  }

  /** Resolves when the round that is under way has ended. */
  protected override async end(): Promise<void> {
    this.#cancelNext();
    await this.#underWay;
  }

  #schedule(pauseMs: number): void {
    const { clock } = this.#options;
    const run = (): void => {
      if (!this.isStopped) this.#underWay = this.#run();
    };
    if (pauseMs > 0) this.#cancelNext = clock.background(pauseMs, run);
    else clock.turn(run);
  }

  async #run(): Promise<void> {
    const { round, everyMs, onError } = this.#options;
    let pauseMs: unknown;
    try {
      pauseMs = await round();
    } catch (error) {
      onError?.(error);
    }
    if (!this.isStopped) this.#schedule(typeof pauseMs === "number" ? pauseMs : everyMs);
  }
}
