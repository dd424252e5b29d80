/**
 * A pool as metrics: gauges of what is there, and the counters that the pool keeps since it began. Every node of a pool serves
 * the same figures, so queries take their maximum and not their sum.
 */
import { isOwnWorker, type PoolState, versionDrifts } from "@callgrid/statekeeper";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { LabelBound } from "./label-bound.ts";
import { memoryOfWorkers, type WorkerMemory } from "./worker-memory.ts";

const roundTripBuckets = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2];

/** The pool's own counter → the metric's name after `callgrid_pool_`, and its help. */
const counterNames: Readonly<Record<string, readonly [name: string, help: string]>> = {
  submitted: ["submitted_total", "Requests that callers and workers asked the pool for"],
  hits: ["cache_hits_total", "Requests answered from kept results"],
  joined: ["joined_total", "Requests that joined an equal one under way"],
  claimed: ["claims_total", "Requests that workers took"],
  hoisted: ["hoists_total", "Requests taken from another member's own queue"],
  moved: ["moves_total", "Requests given to volunteers"],
  reclaimed: ["reclaims_total", "Requests taken back from dead members"],
  copied: ["copies_total", "Copies of late requests given to volunteers"],
  completed: ["completed_total", "Requests with an outcome"],
  evaluated: ["evaluations_total", "Evaluations, small calls in workers' memory included"],
  failed: ["outcome_errors_total", "Evaluations that failed"],
  lost: ["worker_lost_total", "Requests given up since their workers kept dying"],
  unreadable: ["unreadable_total", "Messages and records that were skipped since they could not be read"],
  withdrawn: ["withdrawn_total", "Requests that were withdrawn because no caller waited any more"],
};
const evaluationsOf = "evaluated:";

export class PoolMetrics {
  readonly #registers: Registry[];
  readonly #pool: string;
  readonly #functions = new LabelBound();
  readonly #roundTrips: Histogram<"pool">;
  #state: PoolState | undefined;

  constructor(pool: string, registry: Registry) {
    this.#pool = pool;
    this.#registers = [registry];
    this.#roundTrips = new Histogram({
      name: "callgrid_redis_round_trip_seconds",
      help: "One PING to Redis and back",
      labelNames: ["pool"],
      buckets: roundTripBuckets,
      registers: this.#registers,
    });
    this.#addGauges();
    for (const [counter, [name, help]] of Object.entries(counterNames))
      this.#counter(name, help, ({ counters }) => counters[counter] ?? 0);
    this.#counter("cache_misses_total", "Requests not answered from kept results, nor joined to one", missesOf);
    this.#addFunctions();
    this.#memoryGauge("worker_memory_bytes", "Memory that a worker's process takes", ({ usedBytes }) => usedBytes);
    this.#memoryGauge("worker_memory_share_bytes", "Memory that a worker may take", ({ shareBytes }) => shareBytes);
  }

  /** What is shown from now on; undefined: Redis does not answer, and nothing but that is known. */
  note(state: PoolState | undefined): void {
    this.#state = state;
  }

  noteRoundTrip(ms: number): void {
    this.#roundTrips.observe({ pool: this.#pool }, ms / 1_000);
  }

  #addGauges(): void {
    const [pool, read] = [this.#pool, () => (this.#state === undefined ? 0 : 1)];
    new Gauge({
      ...{ name: "callgrid_redis_up", help: "1 if Redis answers", labelNames: ["pool"], registers: this.#registers },
      collect() {
        this.set({ pool }, read());
      },
    });
    this.#gauge("queue_depth", "Requests that wait in the pool's queue and those of callers", ({ queued }) => queued);
    this.#gauge("own_queue_depth", "Requests that wait in members' own queues", (state) => sumOf(state, "queued"));
    this.#gauge("running", "Requests that workers hold, suspended ones included", (state) => sumOf(state, "running"));
    this.#gauge("workers", "Workers", ({ members }) => members.filter(isOwnWorker).length);
    this.#gauge("outdated_workers", "Workers that have a function at another version than the current one", outdatedOf);
    this.#gauge("volunteers", "Idle workers that wait to be given work", volunteersOf);
    this.#gauge("hosts", "Hosts that start and stop workers", ({ hosts }) => hosts.length);
    this.#gauge("desired_workers", "Workers that the pool should have", ({ capacity }) => capacity?.desiredWorkers);
    this.#gauge("clients", "Callers", ({ clients }) => clients);
    this.#gauge("headed", "1 if a distributor heads the pool", ({ head }) => (head === undefined ? 0 : 1));
  }

  #addFunctions(): void {
    const [pool, functions, read] = [this.#pool, this.#functions, () => this.#state];
    new Counter({
      name: "callgrid_pool_function_evaluations_total",
      help: "Evaluations by function",
      ...{ labelNames: ["pool", "function"], registers: this.#registers },
      collect() {
        this.reset();
        for (const [name, count] of Object.entries(read()?.counters ?? {})) {
          if (name.startsWith(evaluationsOf))
            this.inc({ pool, function: functions.of(name.slice(evaluationsOf.length)) }, count);
        }
      },
    });
  }

  #memoryGauge(name: string, help: string, of: (memory: WorkerMemory) => number | undefined): void {
    const [pool, read] = [this.#pool, () => this.#state];
    new Gauge({
      ...{ name: `callgrid_pool_${name}`, help, labelNames: ["pool", "worker"], registers: this.#registers },
      collect() {
        this.reset();
        for (const memory of memoryOfWorkers(read() ?? { members: [] })) {
          const bytes = of(memory);
          if (bytes !== undefined) this.set({ pool, worker: memory.worker }, bytes);
        }
      },
    });
  }

  #gauge(name: string, help: string, of: (state: PoolState) => number | undefined): void {
    const [pool, read] = [this.#pool, () => this.#state];
    new Gauge({
      ...{ name: `callgrid_pool_${name}`, help, labelNames: ["pool"], registers: this.#registers },
      collect() {
        this.reset();
        const state = read();
        const value = state === undefined ? undefined : of(state);
        if (value !== undefined) this.set({ pool }, value);
      },
    });
  }

  #counter(name: string, help: string, of: (state: PoolState) => number): void {
    const [pool, read] = [this.#pool, () => this.#state];
    new Counter({
      ...{ name: `callgrid_pool_${name}`, help, labelNames: ["pool"], registers: this.#registers },
      collect() {
        this.reset();
        const state = read();
        if (state !== undefined) this.inc({ pool }, of(state));
      },
    });
  }
}

function outdatedOf(state: PoolState): number {
  return new Set(versionDrifts(state).flatMap(({ workers }) => workers)).size;
}

function sumOf({ members }: PoolState, what: "queued" | "running"): number {
  return members.reduce((sum, member) => sum + member[what], 0);
}

function volunteersOf({ members }: PoolState): number {
  return members.filter((member) => member.isVolunteer && isOwnWorker(member)).length;
}

function missesOf({ counters }: PoolState): number {
  return (counters["submitted"] ?? 0) - (counters["hits"] ?? 0) - (counters["joined"] ?? 0);
}
