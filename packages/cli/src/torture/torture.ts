/**
 * A torture: clients and worker processes on a Redis of the user's, under a grid name of their own, while links are cut and
 * processes killed and stopped; then everything is mended, what is open gets its answer, and the history is checked. The
 * grid is removed from the Redis at the end, whatever happened.
 */
import { connect, type Grid } from "@callgrid/client";
import { entryFile, messageOf, randomId, systemClock, within } from "@callgrid/core";
import { startDistributor } from "@callgrid/distributor";
import { eraseGrid, openStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import type { Logger } from "pino";
import { Chance } from "./chance.ts";
import { EvaluationLog } from "./evaluation-log.ts";
import { type FaultKind, plannedFaults } from "./fault-plan.ts";
import { History, type HistoryReport } from "./history.ts";
import { linkToRedis, type RedisLink } from "./redis-link.ts";
import { Saboteur } from "./saboteur.ts";
import { TortureClient } from "./torture-client.ts";
import { TortureWorkers } from "./torture-workers.ts";
import { plannedRequests } from "./workload.ts";

/** How to torture. */
export interface TortureOptions {
  readonly url: string;
  readonly connectTimeoutMs: number;
  readonly lastsMs: number;
  readonly workers: number;
  readonly clients: number;
  readonly seed: number;
}

/** The result of a torture. */
export interface TortureResult extends HistoryReport {
  readonly grid: string;
  readonly seed: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** How long what was open at the end took to be answered, or was waited for, in ms. */
  readonly settledMs: number;
}

const pool = "torture";
/** Short, so that many of them lapse. */
const leaseMs = 2_000;
const checkEveryMs = 500;
const asksAtOnce = 32;
/** What is not answered so long after everything was mended never will be. */
const patienceMs = 60_000;
const manyAttempts = 1_000;
const module = entryFile("./torture-functions.js", import.meta.url);

/** Ends before its time when the signal is aborted, with what was seen until then. */
export async function torture(
  options: TortureOptions,
  { log, stderr, signal }: { log: Logger; stderr: NodeJS.WritableStream; signal: AbortSignal },
): Promise<TortureResult> {
  const scene = await Scene.set(options, log, stderr);
  // Not AbortSignal.any of AbortSignal.timeout: a garbage collection makes that forget its time.
  const ended = new AbortController();
  const end = (): void => ended.abort();
  const cancelTimer = systemClock.background(options.lastsMs, end);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    return await scene.play(new Chance(options.seed), ended.signal);
  } finally {
    cancelTimer();
    signal.removeEventListener("abort", end);
    await scene.clear();
  }
}

/** Everything that has to be there, and to be cleared away. */
class Scene {
  readonly #options: TortureOptions;
  readonly #log: Logger;
  readonly #grid = `torture-${randomId().slice(0, 10)}`;
  readonly #history = new History();
  readonly #clients: Grid[] = [];
  readonly #clearings: Array<() => Promise<unknown>> = [];
  #asks = 0;
  #saboteur: Saboteur | undefined;
  #evaluations: EvaluationLog | undefined;

  private constructor(options: TortureOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
  }

  static async set(options: TortureOptions, log: Logger, stderr: NodeJS.WritableStream): Promise<Scene> {
    const scene = new Scene(options, log);
    try {
      await scene.#build(stderr);
      return scene;
    } catch (error) {
      await scene.clear();
      throw error;
    }
  }

  async play(chance: Chance, ended: AbortSignal): Promise<TortureResult> {
    const nextAsk = (): number => {
      this.#asks += 1;
      return this.#asks;
    };
    // All clients draw from one series, and so ask for the same now and then.
    const requests = plannedRequests(chance.branch());
    const asking = this.#clients.map((grid) =>
      new TortureClient({ grid, pool, history: this.#history, nextAsk }).askAll(requests, asksAtOnce, ended),
    );
    await this.#saboteur?.work(plannedFaults(chance.branch(), leaseMs), ended);
    this.#log.info({ open: this.#history.openCount }, "torture: everything is mended, waiting for what is open");
    const mendedAt = systemClock.now();
    await within(systemClock, patienceMs, Promise.all(asking));
    const settledMs = Math.round(systemClock.now() - mendedAt);
    return this.#result(settledMs);
  }

  async clear(): Promise<void> {
    for (const clear of this.#clearings.splice(0).reverse()) {
      await clear().catch((error: unknown) =>
        this.#log.error({ reason: messageOf(error) }, "torture: could not clear up"),
      );
    }
  }

  async #build(stderr: NodeJS.WritableStream): Promise<void> {
    const { url, connectTimeoutMs, workers: count, clients } = this.#options;
    const grid = this.#grid;
    const keeper = await this.#open(url);
    this.#clearings.push(() => eraseGrid(url, { grid, connectTimeoutMs }));
    const [clientLink, workerLink] = [await this.#link(url), await this.#link(url)];
    this.#evaluations = await EvaluationLog.make();
    this.#clearings.push(async () => this.#evaluations?.remove());
    const distributor = await startDistributor({ pool, url: workerLink.url, grid, leaseMs, log: this.#log });
    this.#clearings.push(() => distributor.stop());
    const functions = this.#evaluations.tellModule(module);
    const options = { pool, url: workerLink.url, grid, leaseMs, checkEveryMs };
    const workers = new TortureWorkers(
      { count, functions, options, maxAttempts: manyAttempts },
      { keeper: keeper.pool(pool), log: this.#log, stderr },
    );
    this.#clearings.push(() => workers.drain());
    await workers.start();
    for (let client = 0; client < clients; client += 1) await this.#connect(clientLink.url);
    this.#saboteur = new Saboteur({
      workers,
      clientLink: clientLink.proxy,
      workerLink: workerLink.proxy,
      clock: systemClock,
      log: this.#log,
    });
  }

  async #open(url: string): Promise<Statekeeper> {
    const { connectTimeoutMs } = this.#options;
    const statekeeper = await openStatekeeper(url, { grid: this.#grid, connectTimeoutMs, log: this.#log });
    this.#clearings.push(() => statekeeper.close());
    return statekeeper;
  }

  async #link(url: string): Promise<RedisLink> {
    const link = await linkToRedis(url);
    this.#clearings.push(() => link.proxy.stop());
    return link;
  }

  async #connect(url: string): Promise<void> {
    const client = await connect(url, { grid: this.#grid, leaseMs, checkEveryMs, log: this.#log });
    this.#clients.push(client);
    this.#clearings.push(() => client.close());
  }

  async #result(settledMs: number): Promise<TortureResult> {
    for await (const id of this.#evaluations?.ids() ?? []) this.#history.take({ kind: "evaluated", id });
    const { seed } = this.#options;
    const faults = this.#saboteur?.made ?? ({} as Record<FaultKind, number>);
    return { grid: this.#grid, seed, faults, settledMs, ...this.#history.report() };
  }
}
