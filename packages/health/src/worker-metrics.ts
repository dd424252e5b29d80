/**
 * What one worker measures of itself, in a registry of its own. Evaluations that came from the pool are observed one by one;
 * everything else is read from the worker's counters at each scrape, so that small calls in memory cost nothing.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { LabelBound } from "./label-bound.ts";
import type { Measures } from "./measure-book.ts";

/** What a worker has counted since it started, and holds now. */
export interface WorkerVitals {
  /** Functions that run in a slot. */
  readonly running: number;
  /** Functions that wait for their re-entrant calls. */
  readonly suspended: number;
  /** Requests that it claimed or was given. */
  readonly claimed: number;
  /** Calls answered from its own memory. */
  readonly memoryHits: number;
  /** Calls that were not. */
  readonly memoryMisses: number;
  /** Evaluations, small calls in memory included, and how many of them failed. */
  readonly functions: ReadonlyArray<{
    readonly functionName: string;
    readonly evaluations: number;
    readonly failures: number;
  }>;
}

const durationBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1_800];
const delayBuckets = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

export class WorkerMetrics {
  readonly #registry = new Registry();
  readonly #functions = new LabelBound();
  readonly #durations: Histogram<"pool" | "function">;
  readonly #delays: Histogram<"pool">;
  readonly #errors: Counter<"pool" | "function" | "code">;
  readonly #pool: string;

  constructor(pool: string) {
    this.#pool = pool;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#durations = new Histogram({
      name: "callgrid_request_duration_seconds",
      help: "From the start of an evaluation that the pool asked for to its outcome, waiting for calls included",
      labelNames: ["pool", "function"],
      buckets: durationBuckets,
      registers,
    });
    this.#delays = new Histogram({
      name: "callgrid_resume_delay_seconds",
      help: "From the moment all calls of a waiting request were answered to the moment it went on",
      labelNames: ["pool"],
      buckets: delayBuckets,
      registers,
    });
    this.#errors = new Counter({
      name: "callgrid_outcome_errors_total",
      help: "Failed evaluations that the pool asked for, by error code",
      labelNames: ["pool", "function", "code"],
      registers,
    });
  }

  /** An evaluation that the pool asked for has ended after so many ms, with an error of this code if it failed. */
  evaluated(functionName: string, ms: number, code: string | undefined): void {
    const name = this.#functions.of(functionName);
    this.#durations.observe({ pool: this.#pool, function: name }, ms / 1_000);
    if (code !== undefined) this.#errors.inc({ pool: this.#pool, function: name, code });
  }

  /** A request that the pool asked for went on, so many ms after its calls were answered. */
  resumed(delayMs: number): void {
    this.#delays.observe({ pool: this.#pool }, delayMs / 1_000);
  }

  /** Reads the worker's own counters from now on. Call once. */
  watch(read: () => WorkerVitals): void {
    this.#gauge("callgrid_worker_running", "Functions that run in a slot", () => read().running);
    this.#gauge("callgrid_worker_suspended", "Functions that wait for their calls", () => read().suspended);
    this.#counter("callgrid_worker_claims_total", "Requests claimed by or given to it", () => read().claimed);
    this.#counter("callgrid_worker_cache_hits_total", "Calls answered from its memory", () => read().memoryHits);
    this.#counter("callgrid_worker_cache_misses_total", "Calls not found in its memory", () => read().memoryMisses);
    this.#functionCounter("evaluations", "Evaluations, small calls in memory included", read);
    this.#functionCounter("failures", "Evaluations that failed", read);
  }

  /** All of it as plain data, which can go to another process. */
  async measures(): Promise<Measures> {
    return this.#registry.getMetricsAsJSON();
  }

  #gauge(name: string, help: string, read: () => number): void {
    const [pool, registers] = [this.#pool, [this.#registry]];
    new Gauge({
      ...{ name, help, labelNames: ["pool"], registers },
      collect() {
        this.set({ pool }, read());
      },
    });
  }

  #counter(name: string, help: string, read: () => number): void {
    const [pool, registers] = [this.#pool, [this.#registry]];
    new Counter({
      ...{ name, help, labelNames: ["pool"], registers },
      collect() {
        this.reset();
        this.inc({ pool }, read());
      },
    });
  }

  #functionCounter(what: "evaluations" | "failures", help: string, read: () => WorkerVitals): void {
    const [pool, functions] = [this.#pool, this.#functions];
    new Counter({
      ...{ name: `callgrid_worker_${what}_total`, help, labelNames: ["pool", "function"], registers: [this.#registry] },
      collect() {
        this.reset();
        for (const counted of read().functions)
          this.inc({ pool, function: functions.of(counted.functionName) }, counted[what]);
      },
    });
  }
}
