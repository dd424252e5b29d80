/**
 * What a benchmark sees of callgrid and of what it is compared with: something that is started with so many workers,
 * runs tasks, and is stopped. A system lives for one run.
 */

/** A call of a function in `tasks.ts` or `nested-tasks.ts`, by name. */
export type Task = readonly [name: string, ...args: unknown[]];

/** The names of all systems, in the order of the reports. */
export const systemNames = ["callgrid", "bullmq", "bee-queue", "piscina", "floor", "plain"] as const;
export type SystemName = (typeof systemNames)[number];

/** How a system is set up, as far as options say. Each system reads what concerns it; what is absent has its default. */
export interface Settings {
  /** Tasks that one worker has under way at a time. */
  readonly concurrency?: number;
  /** callgrid: whether small calls stay in a worker's memory (`auto`) or all go through Redis (`eager`). */
  readonly sharing?: "auto" | "eager";
  /** callgrid: how many requests are open at once. */
  readonly window?: number;
  /** BullMQ, bee-queue: how a task waits for those it asked for. */
  readonly nesting?: "steps" | "waiting" | "waiting by id";
  /** BullMQ: jobs in one `addBulk`. */
  readonly chunk?: number;
  /** BullMQ: `streams.events.maxLen`. At its default of 10,000 results are lost under load. */
  readonly eventsKept?: number;
  /** Piscina: how its threads wait for work. */
  readonly atomics?: "sync" | "disabled";
  /** The floor: list items in one command. */
  readonly batch?: number;
}

/** Where a run's Redis listens. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** What a system is started with. */
export interface Start {
  readonly redis: RedisAddress;
  readonly workers: number;
  readonly settings: Settings;
}

/** What a system's worker processes have used since they began, in all. */
export interface WorkerUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly peakResidentBytes: number;
  /** Functions evaluated. */
  readonly evaluations: number;
}

export interface System {
  /** Resolves when all workers are ready. */
  start(start: Start): Promise<void>;
  /** Asks for all at once, and resolves to their values in order. */
  run(tasks: readonly Task[]): Promise<readonly unknown[]>;
  /** Asks for one, and resolves to its value. */
  runOne(task: Task): Promise<unknown>;
  /** Resolves once all are in Redis, where no worker will take them. Only systems that have a queue there. */
  queueUp?(tasks: readonly Task[]): Promise<void>;
  workerUsage(): Promise<WorkerUsage>;
  stop(): Promise<void>;
}

/** The usage of a system without processes of its own: what it uses is in the client's share. */
export const noWorkerUsage: WorkerUsage = { cpuSeconds: 0, residentBytes: 0, peakResidentBytes: 0, evaluations: 0 };
