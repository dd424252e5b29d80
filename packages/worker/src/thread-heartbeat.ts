/**
 * The heartbeat on Redis: a thread of its own (heartbeat-thread.ts) with a connection of its own, so that a calculation that
 * keeps the event loop busy for a minute does not look dead, and one that never ends is ended.
 */
import { Worker as Thread } from "node:worker_threads";
import { GridError } from "@callgrid/core";
import type { Heartbeat, HeartbeatOptions, Watch, WatchOrder } from "./heartbeat.ts";

/** What the thread is told at its start. */
export interface HeartbeatThreadData {
  readonly url: string;
  readonly grid: string;
  readonly pool: string;
  readonly worker: string;
  readonly leaseMs: number;
  /** How long an attempt to connect may take, in ms. */
  readonly connectTimeoutMs: number;
  /** Whether to end the process when a watched evaluation does not yield; only where a supervisor replaces it. */
  readonly endsProcess: boolean;
}

/** What the thread is told later. */
export type HeartbeatOrder = { readonly kind: "beat" } | WatchOrder;

/** What the thread says: that it can beat, that it cannot connect yet, or that the pool does not know the worker any more. */
export type HeartbeatNews =
  | { readonly kind: "ready" }
  | { readonly kind: "unreachable"; readonly reason: string }
  | { readonly kind: "lost" };

/** Where the thread connects to, and what it may do. */
export type HeartbeatPlace = Omit<HeartbeatThreadData, "worker" | "leaseMs">;

/** A thread that fails at once would fail again at once, in ms. */
const pauseAfterFailureMs = 1_000;

export class ThreadHeartbeat implements Heartbeat {
  readonly #data: HeartbeatThreadData;
  readonly #options: HeartbeatOptions;
  #thread: Thread | undefined;
  #isBeating = false;

  constructor(options: HeartbeatOptions, place: HeartbeatPlace) {
    this.#options = options;
    this.#data = { ...place, worker: options.worker, leaseMs: options.leaseMs };
  }

  prepare(): Promise<void> {
    const thread = this.#launch();
    return new Promise((resolve, reject) => {
      thread.once("exit", () => resolve());
      thread.on("message", (news: HeartbeatNews) => {
        if (news.kind === "ready") resolve();
        if (news.kind !== "unreachable") return;
        reject(new GridError("CONNECTION_FAILED", `the connection that renews the lease: ${news.reason}`));
        void this.stop();
      });
    });
  }

  start(): void {
    this.#isBeating = true;
    this.#order({ kind: "beat" });
  }

  async stop(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }

  watch(watch: Watch): void {
    this.#order({ kind: "watch", watch });
  }

  unwatch(id: string, kind: Watch["kind"]): void {
    this.#order({ kind: "unwatch", watch: { id, kind } });
  }

  #order(order: HeartbeatOrder): void {
    this.#thread?.postMessage(order);
  }

  #launch(): Thread {
    const isSource = import.meta.url.endsWith(".ts");
    const entry = new URL(isSource ? "./heartbeat-thread.ts" : "./heartbeat-thread.js", import.meta.url);
    const thread = new Thread(entry, { workerData: this.#data, execArgv: isSource ? ["--import", "tsx"] : [] });
    this.#thread = thread;
    thread.unref();
    thread.on("error", () => setTimeout(() => this.#replace(), pauseAfterFailureMs).unref());
    thread.on("message", (news: HeartbeatNews) => {
      if (news.kind === "lost") this.#options.onLost();
    });
    return thread;
  }

  /** A heartbeat that failed is no reason to stop working. */
  #replace(): void {
    if (this.#thread === undefined) return;
    this.#launch();
    if (this.#isBeating) this.start();
  }
}
