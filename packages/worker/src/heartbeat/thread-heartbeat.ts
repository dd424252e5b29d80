/**
 * The heartbeat on Redis: a thread of its own (heartbeat-thread.ts) with a connection of its own, so that a calculation that
 * keeps the event loop busy for a minute does not look dead, and one that never ends is ended.
 */
import { Worker as Thread } from "node:worker_threads";
import { entryFile, GridError } from "@callgrid/core";
import { beatsPerLease, type Heartbeat, type Watch, type WatchOrder } from "./heartbeat.ts";

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
export type HeartbeatOrder =
  /** To renew the lease for the first time within so many ms, and earlier where the worker is kept by code that does not yield. */
  { readonly kind: "beat"; readonly withinMs: number } | { readonly kind: "rest" } | WatchOrder;

/** What the thread says: that it beats, that it cannot connect yet, or that the pool does not know the worker any more. */
export type HeartbeatNews =
  | { readonly kind: "beating" }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "lost" };

/** How long a thread may take to load and connect on a machine that starts many workers at a time, in ms. */
const startUpMs = 15_000;
/** When the first renewal begins at the latest, in ms after the worker has joined. */
const latestBeatMs = 3_000;
/** A thread that fails at once would fail again at once, in ms. */
const pauseAfterFailureMs = 1_000;
/** What Node has for the id of a thread that has ended. */
const endedThread = -1;

export class ThreadHeartbeat implements Heartbeat {
  readonly startUpMs = startUpMs;
  readonly #data: HeartbeatThreadData;
  #thread: Thread;
  /** A replacement of the thread has to begin at once then. */
  #hasBegun = false;
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

  start(): Promise<void> {
    const thread = this.#thread;
    this.#hasBegun = true;
    this.#order({ kind: "beat", withinMs: Math.min(this.#data.leaseMs / beatsPerLease, latestBeatMs) });
    return new Promise((resolve, reject) => {
      if (thread.threadId === endedThread) resolve();
      thread.once("exit", () => resolve());
      thread.on("message", (news: HeartbeatNews) => {
        if (news.kind === "beating") resolve();
        if (news.kind !== "unreachable") return;
        reject(new GridError("CONNECTION_FAILED", `the connection that renews the lease: ${news.reason}`));
        void this.stop();
      });
    });
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
    if (this.#hasBegun) this.#order({ kind: "beat", withinMs: 0 });
  }
}
