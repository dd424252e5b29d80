/** What the heartbeat's thread does for its worker over a connection of its own: renews the lease, and looks at what the worker holds and is late with. */
import { messageOf, sleep, systemClock } from "@callgrid/core";
import { openStatekeeper, type PoolKeeper } from "@callgrid/statekeeper";
import { beatsPerLease, type WatchOrder } from "./heartbeat.ts";
import { HoldBoard, lookEveryMs } from "./hold-board.ts";
import { HoldWatch } from "./hold-watch.ts";
import { ReportedMemory } from "./reported-memory.ts";
import type { HeartbeatNews, HeartbeatThreadData } from "./thread-heartbeat.ts";
import { OverdueWatch } from "./watchdog.ts";

const retryMs = 1_000;
const bytesPerMb = 1_048_576;

interface LeaseRenewalParts {
  readonly tell: (news: HeartbeatNews) => void;
  /** Ends the worker without its doing; absent: it is left as it is. */
  readonly end: (() => void) | undefined;
}

export class LeaseRenewal {
  readonly #data: HeartbeatThreadData;
  readonly #pool: PoolKeeper;
  readonly #tell: (news: HeartbeatNews) => void;
  readonly #overdue: OverdueWatch;
  #isStopped = false;

  private constructor(data: HeartbeatThreadData, pool: PoolKeeper, { tell, end }: LeaseRenewalParts) {
    this.#data = data;
    this.#pool = pool;
    this.#tell = tell;
    this.#overdue = new OverdueWatch({ keeper: pool, worker: data.worker, instance: data.instance, end });
  }

  /** Connects, and tries until it works: whether the worker waits for that is for the worker to decide. */
  static async open(data: HeartbeatThreadData, parts: LeaseRenewalParts): Promise<LeaseRenewal> {
    const { url, grid, connectTimeoutMs } = data;
    for (;;) {
      try {
        const statekeeper = await openStatekeeper(url, { grid, connectTimeoutMs });
        return new LeaseRenewal(data, statekeeper.pool(data.pool), parts);
      } catch (error) {
        parts.tell({ kind: "unreachable", reason: messageOf(error) });
        await sleep(systemClock, retryMs);
      }
    }
  }

  start(): void {
    void this.#renew();
    void this.#lookAtHolds();
  }

  /** Renews no more; what it watches for it still ends. */
  stop(): void {
    this.#isStopped = true;
  }

  take({ kind, watch }: WatchOrder): void {
    if (kind === "watch") this.#overdue.watch(watch);
    else this.#overdue.unwatch(watch);
  }

  async leave(): Promise<void> {
    await this.#pool.leave(this.#data.worker, this.#data.instance).catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const { worker, leaseMs, instance } = this.#data;
    const memory = new ReportedMemory();
    while (!this.#isStopped) {
      const memoryMb = memory.next(Math.round(process.memoryUsage.rss() / bytesPerMb));
      const isKnown = await this.#pool.renew(worker, leaseMs, { instance, memoryMb }).catch(() => true);
      if (!isKnown) memory.forget();
      if (!isKnown && !this.#isStopped) this.#tell({ kind: "lost" });
      await sleep(systemClock, leaseMs / beatsPerLease);
    }
  }

  async #lookAtHolds(): Promise<void> {
    const watch = new HoldWatch({
      board: new HoldBoard(this.#data.holds),
      keeper: this.#pool,
      worker: this.#data.worker,
    });
    while (!this.#isStopped) {
      await sleep(systemClock, lookEveryMs);
      await watch.look();
    }
  }
}
