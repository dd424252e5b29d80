/**
 * The heartbeat on Redis: a thread of its own (heartbeat-thread.ts) with a connection of its own, so that a calculation that
 * keeps the event loop busy for a minute does not look dead, and one that never ends is ended.
 */
import { Worker as Thread } from "node:worker_threads";
import { entryFile, GridError } from "@callgrid/core";
import type { Heartbeat, Watch, WatchOrder } from "./heartbeat.ts";

/** What the thread gets at its start. */
export interface HeartbeatThreadData {
  readonly url: string;
  readonly grid: string;
  readonly pool: string;
  readonly worker: string;
  /** Distinguishes it from others of its id; undefined where the id is its own. */
  readonly instance: string | undefined;
  readonly leaseMs: number;
  /** The memory of the worker's {@link HoldBoard}. */
  readonly holds: SharedArrayBuffer;
  /** How long an attempt to connect may take, in ms. */
  readonly connectTimeoutMs: number;
  /** Where a supervisor replaces this process, the thread may end it. */
  readonly supervision: Supervision | undefined;
}

/** By whom this process is supervised, and what happens without that supervisor. */
export interface Supervision {
  /** The supervisor's process id. */
  readonly supervisor: number;
  /** So long after the supervisor's end the thread ends the process, if that has not ended by itself, in ms. */
  readonly endAfterMs: number;
}

/** What the thread gets later. */
export type HeartbeatOrder = { readonly kind: "connect" | "beat" | "rest" } | WatchOrder;

/** What the thread says: that it can beat, that it cannot connect yet, or that the pool does not know the worker any more. */
export type HeartbeatNews =
  | { readonly kind: "ready" }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "lost" };

/** A thread that fails at once would fail again at once, in ms. */
const pauseAfterFailureMs = 1_000;
/** What Node has for the id of a thread that has ended. */
const endedThread = -1;

export class ThreadHeartbeat implements Heartbeat {
  readonly #data: HeartbeatThreadData;
  #thread: Thread;
  /** What a replacement of this thread has to get. */
  readonly #standingOrders: HeartbeatOrder[] = [];
  #isStopped = false;
  #onLost: () => void = () => undefined;

  /** Launches the thread at once: it watches over a supervised process also while that loads its functions. */
  constructor(data: HeartbeatThreadData) {
    this.#data = data;
    this.#thread = this.#launch();
  }

  /** Calls this when the pool does not know the worker any more. */
  reportingTo(onLost: () => void): this {
    this.#onLost = onLost;
    return this;
  }

  prepare(): Promise<void> {
    const thread = this.#thread;
    this.#give({ kind: "connect" });
    return new Promise((resolve, reject) => {
      if (thread.threadId === endedThread) resolve();
      thread.once("exit", () => resolve());
      thread.on("message", (news: HeartbeatNews) => {
        if (news.kind === "ready") resolve();
        if (news.kind !== "unreachable") return;
        reject(new GridError("CONNECTION_FAILED", `the connection that renews the lease: ${news.reason}`));
        void this.stop();
      });
    });
  }

  async start(): Promise<void> {
    this.#give({ kind: "beat" });
  }

  /** The thread of a supervised process stays: that process may be left alone before it has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#data.supervision === undefined) await this.#thread.terminate();
    else this.#order({ kind: "rest" });
  }

  watch(watch: Watch): void {
    this.#order({ kind: "watch", watch });
  }

  unwatch(id: string, kind: Watch["kind"]): void {
    this.#order({ kind: "unwatch", watch: { id, kind } });
  }

  #give(order: HeartbeatOrder): void {
    this.#standingOrders.push(order);
    this.#order(order);
  }

  #order(order: HeartbeatOrder): void {
    this.#thread.postMessage(order);
  }

  #launch(): Thread {
    const entry = entryFile("./heartbeat-thread.js", import.meta.url);
    const thread = new Thread(entry, { workerData: this.#data, execArgv: [] });
    thread.unref();
    thread.on("error", () => setTimeout(() => this.#replace(), pauseAfterFailureMs).unref());
    thread.on("message", (news: HeartbeatNews) => {
      if (news.kind === "lost") this.#onLost();
    });
    return thread;
  }

  /** A heartbeat that failed is no reason to stop working. */
  #replace(): void {
    if (this.#isStopped) return;
    this.#thread = this.#launch();
    for (const order of this.#standingOrders) this.#order(order);
  }
}
