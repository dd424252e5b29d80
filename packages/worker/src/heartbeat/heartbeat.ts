/**
 * Keeps a worker's lease alive. On Redis a thread of its own does it (thread-heartbeat.ts), so that a long calculation is no
 * death; where the statekeeper lives in this process, a timer is enough (below), since both stop together.
 */
import { Actor, type Clock, Periodic } from "@callgrid/core";
import type { WorkerPool } from "@callgrid/statekeeper";

/** A lease is renewed so often before it would end. */
export const beatsPerLease = 3;

/** A time by which an evaluation must be over, or its worker is ended. */
export interface Watch {
  readonly id: string;
  /** `timeout`: the function's own limit; `deadline`: that of the callers, which one with a later limit may have extended. */
  readonly kind: "timeout" | "deadline";
  readonly payload: string;
  /** From now, in ms. */
  readonly withinMs: number;
}

/** What a worker sends to the thread that looks at it. */
export type WatchOrder =
  | { readonly kind: "watch"; readonly watch: Watch }
  | { readonly kind: "unwatch"; readonly watch: Pick<Watch, "id" | "kind"> };

export interface Heartbeat {
  /**
   * How long the first beat may take beyond a lease, in ms. The first lease is longer by it: code that never yields may be what the
   * worker evaluates first, and is no death.
   */
  readonly startUpMs: number;
  /** Resolves once it beats; rejects where it cannot. Called after the worker has joined. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends the worker when the evaluation is still watched after its time: its code never yielded. One watch of each kind. */
  watch(watch: Watch): void;
  unwatch(id: string, kind: Watch["kind"]): void;
}

/** What a heartbeat gets at its start. */
export interface HeartbeatOptions {
  readonly worker: string;
  /** Distinguishes it from others of its id; undefined where the id is its own. */
  readonly instance: string | undefined;
  readonly leaseMs: number;
  /** The pool does not know the worker any more. */
  readonly onLost: () => void;
}

/**
 * Renews by a timer of the worker's own clock. A timer cannot interrupt code that never yields; what it should end is reported to
 * `tellWatch`, where another thread can.
 */
export class TimerHeartbeat extends Actor implements Heartbeat {
  readonly startUpMs: number = 0;
  readonly #keeper: WorkerPool;
  readonly #options: HeartbeatOptions;
  readonly #tellWatch: ((order: WatchOrder, worker: string) => void) | undefined;
  readonly #beats: Periodic;

  constructor(
    options: HeartbeatOptions,
    parts: { keeper: WorkerPool; clock: Clock; tellWatch?: ((order: WatchOrder, worker: string) => void) | undefined },
  ) {
    super();
    this.#keeper = parts.keeper;
    this.#tellWatch = parts.tellWatch;
    this.#options = options;
    // where the statekeeper is out of reach the next beat tries again, and a lapsed lease is found out then
    this.#beats = new Periodic({
      clock: parts.clock,
      everyMs: options.leaseMs / beatsPerLease,
      round: () => this.#beat(),
    });
  }

  protected override async begin(): Promise<void> {
    await this.#beats.start();
  }

  /** A beat that is under way may wait for a link that is down. */
  protected override async end(): Promise<void> {
    void this.#beats.stop();
  }

  watch(watch: Watch): void {
    this.#tellWatch?.({ kind: "watch", watch }, this.#options.worker);
  }

  unwatch(id: string, kind: Watch["kind"]): void {
    this.#tellWatch?.({ kind: "unwatch", watch: { id, kind } }, this.#options.worker);
  }

  async #beat(): Promise<void> {
    const { worker, leaseMs, instance, onLost } = this.#options;
    const isKnown = await this.#keeper.renew(worker, leaseMs, { instance });
    if (!isKnown && !this.isStopped) onLost();
  }
}
