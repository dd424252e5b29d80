/** What a workload works with in one run: the system, started, and what measures it. */
import type { CpuSeconds, Measurement } from "../measurement.ts";
import type { Figures } from "../metrics.ts";
import type { System, Task, WorkerUsage } from "../system.ts";
import type { Case, Group } from "../workload.ts";
import { cpuSeconds } from "./process-usage.ts";
import type { RedisGauge } from "./redis-gauge.ts";

/** The process in which the client runs measures itself; workers and Redis are asked. */
interface Usage {
  readonly cpu: CpuSeconds;
  readonly workers: WorkerUsage;
}

export interface StageParts {
  readonly system: System;
  /** Absent for systems without Redis. */
  readonly redis: RedisGauge | undefined;
  readonly group: Group;
  readonly case: Case;
  /** How many loops of `burn` take 1 ms; the same in all runs. */
  readonly loopsPerMs: number;
}

export class Stage {
  readonly system: System;
  readonly group: Group;
  readonly case: Case;
  readonly loopsPerMs: number;
  readonly #redis: RedisGauge | undefined;

  constructor(parts: StageParts) {
    this.system = parts.system;
    this.group = parts.group;
    this.case = parts.case;
    this.loopsPerMs = parts.loopsPerMs;
    this.#redis = parts.redis;
  }

  get repeats(): number {
    return this.case.repeats ?? 1;
  }

  /** Runs tasks, and throws unless their values are as expected. */
  async check(tasks: readonly Task[], expected: (index: number) => unknown): Promise<void> {
    compare(await this.system.run(tasks), expected, tasks.length);
  }

  /** Measures how long tasks take, and checks their values when the time is taken. */
  async measureTasks(tasks: readonly Task[], expected: (index: number) => unknown): Promise<Measurement> {
    let values: readonly unknown[] = [];
    const measurement = await this.measure(tasks.length, async () => {
      values = await this.system.run(tasks);
    });
    compare(values, expected, tasks.length);
    return measurement;
  }

  /** Measures an action that makes so many requests. */
  async measure(requests: number, action: () => Promise<void>): Promise<Measurement> {
    const before = await this.#usage();
    const startedMs = performance.now();
    await action();
    const seconds = (performance.now() - startedMs) / 1_000;
    const after = await this.#usage();
    const figures: Figures = {
      perSecond: requests / seconds,
      seconds,
      evaluations: after.workers.evaluations - before.workers.evaluations,
      workerBytesPerItem: Math.max(0, after.workers.peakResidentBytes - before.workers.residentBytes) / requests,
    };
    return { requests, cpuSeconds: difference(after.cpu, before.cpu), figures };
  }

  /** See {@link RedisGauge.storedBytes}. */
  async storedBytes(): Promise<number> {
    if (this.#redis === undefined) throw new Error(`${this.case.name} stores nothing in Redis`);
    return this.#redis.storedBytes();
  }

  async #usage(): Promise<Usage> {
    const workers = await this.system.workerUsage();
    const redis = (await this.#redis?.cpuSeconds()) ?? 0;
    return { workers, cpu: { client: cpuSeconds(), workers: workers.cpuSeconds, redis } };
  }
}

/** The measurement with more figures. */
export function withFigures(measurement: Measurement, figures: Figures): Measurement {
  return { ...measurement, figures: { ...measurement.figures, ...figures } };
}

function difference(after: CpuSeconds, before: CpuSeconds): CpuSeconds {
  return {
    client: after.client - before.client,
    workers: after.workers - before.workers,
    redis: after.redis - before.redis,
  };
}

function compare(values: readonly unknown[], expected: (index: number) => unknown, count: number): void {
  if (values.length !== count) throw new Error(`${values.length} values came back for ${count} tasks`);
  values.forEach((value, index) => {
    if (value !== expected(index)) throw new Error(`task ${index} has the wrong value: ${String(value).slice(0, 80)}`);
  });
}
