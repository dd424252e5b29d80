/** The messages between a run and its worker processes. */
import type { RedisAddress, Settings, SystemName, WorkerUsage } from "../system.ts";

/** What a worker process is started with. */
export interface WorkerSetup {
  readonly system: SystemName;
  readonly redis: RedisAddress;
  readonly settings: Settings;
}

/** Each is answered by one {@link WorkerAnswer}. */
export type WorkerQuestion = { readonly kind: "start"; readonly setup: WorkerSetup } | { readonly kind: "usage" };

export type WorkerAnswer = { readonly kind: "ready" } | { readonly kind: "usage"; readonly usage: WorkerUsage };

/** Starts to work; resolves when ready. */
export type StartWork = (setup: WorkerSetup) => Promise<void>;
