/**
 * A place for a node of the simulated grid, a worker or a distributor: starts it, and starts another in its place when it has
 * died or left, as a supervisor does, which sometimes knows of the death and reports it to the pool.
 */
import type { WorkerState } from "@callgrid/worker";
import type { Random } from "./random.ts";
import { isRefused } from "./right-outcome.ts";
import type { Saboteur } from "./saboteur.ts";
import type { SimulatedKeeper } from "./simulated-keeper.ts";
import type { SimulatedProcess } from "./simulated-process.ts";

/** A process with what it needs. */
export interface Host {
  readonly id: string;
  readonly process: SimulatedProcess;
  readonly keeper: SimulatedKeeper;
  readonly saboteur: Saboteur;
}

/** A node that has started. */
export interface StartedNode {
  /** Leaves cleanly. */
  leave(): Promise<void>;
  /** What it has in hand, if it is a worker. */
  inspect?(): WorkerState;
}

export interface NodePlaceParts {
  /** Makes the next process; `leave` is called to make it leave cleanly. */
  readonly makeHost: (leave: () => void) => Host;
  readonly start: (host: Host) => Promise<StartedNode>;
  readonly after: (ms: number, action: () => void) => void;
  readonly random: Random;
  readonly longestReplaceMs: number;
  readonly reportedShare: number;
  readonly reportDeath: (id: string) => void;
  readonly onViolation: (what: string) => void;
}

export class NodePlace {
  readonly #parts: NodePlaceParts;
  #host: Host | undefined;
  #node: StartedNode | undefined;
  #isClosed = false;

  constructor(parts: NodePlaceParts) {
    this.#parts = parts;
  }

  /** Who is there now. */
  get host(): Host | undefined {
    return this.#host;
  }

  /** What the worker that is there now has in hand; undefined for others, and before it has joined. */
  inspect(): WorkerState | undefined {
    return this.#node?.inspect?.();
  }

  start(): void {
    const { makeHost, start, onViolation } = this.#parts;
    const host = makeHost(() => void this.#leave());
    this.#host = host;
    host.process.onEnd(() => this.#replace(host));
    start(host).then(
      (node) => {
        this.#node = node;
      },
      (error: unknown) => {
        if (isRefused(error)) host.process.exit();
        else onViolation(`${host.id} could not start: ${String(error)}`);
      },
    );
    host.saboteur.start();
  }

  /** Leaves cleanly, and is not replaced. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#leave();
  }

  async #leave(): Promise<void> {
    const node = this.#node;
    const host = this.#host;
    if (node === undefined || host === undefined) return;
    this.#node = undefined;
    await node.leave();
    host.process.exit();
  }

  #replace(ended: Host): void {
    const { after, random, longestReplaceMs, reportedShare, reportDeath } = this.#parts;
    this.#host = undefined;
    this.#node = undefined;
    if (this.#isClosed) return;
    // a supervisor learns of a death at once, or it died too
    if (random.chance(reportedShare)) after(random.logarithmic(0.1, 50), () => reportDeath(ended.id));
    after(random.between(longestReplaceMs / 3, longestReplaceMs), () => this.start());
  }
}
