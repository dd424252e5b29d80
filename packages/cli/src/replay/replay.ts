/**
 * Evaluates one request in this thread, on a grid of its own: a statekeeper in memory, a client, and a worker that asks the statekeeper for every
 * call, so that kept results can answer it.
 */

import { workerModule } from "@callgrid/batch";
import { GridClient, resolveClientOptions } from "@callgrid/client";
import { type Capabilities, type Outcome, RequestError } from "@callgrid/core";
import type { PoolState } from "@callgrid/statekeeper";
import { loadFunctions, type RunningWorker, startWorker } from "@callgrid/worker";
import type { Logger } from "pino";
import type { NamedRequest } from "../requests/request-text.ts";
import { type KeptResults, ReplayStatekeeper } from "./replay-statekeeper.ts";

/** What to replay with. */
export interface ReplaySetting {
  readonly pool: string;
  /** The user's modules. */
  readonly functions: readonly string[];
  readonly codeVersion: string | undefined;
  readonly dataFolder: readonly string[] | undefined;
  /** Whose results answer calls; undefined: calls are evaluated as well. */
  readonly kept: KeptResults | undefined;
  readonly log: Logger;
  /** Called once the functions are loaded. */
  readonly onLoaded: () => void;
}

/** How a request was evaluated. */
export interface Replay {
  readonly outcome: Outcome;
  /** Those that took part, the ones that took longest by themselves first. */
  readonly functions: readonly FunctionWork[];
}

/** What a function did in a replay. */
export interface FunctionWork {
  readonly functionName: string;
  readonly evaluations: number;
  /** How many of its calls a kept result has answered. */
  readonly keptResults: number;
  /** How long its evaluations took together, in ms, what they waited for left out. */
  readonly selfMs: number;
}

// The statekeeper ends with this process, and a debugger may hold it for hours.
const leaseMs = 3_600_000;

export async function replay(request: NamedRequest, setting: ReplaySetting): Promise<Replay> {
  const { pool, kept, log, onLoaded } = setting;
  const statekeeper = new ReplayStatekeeper(pool, kept);
  const settings = resolveClientOptions({ leaseMs }, {});
  const client = new GridClient({ statekeeper, settings, log, onlyPool: pool });
  let worker: RunningWorker | undefined;
  try {
    worker = await startReplayWorker(setting, statekeeper);
    onLoaded();
    const outcome = await outcomeOf(client.enqueue(pool, request));
    return { outcome, functions: workOf(await client.status(pool)) };
  } finally {
    await client.close();
    await worker?.stop();
    await statekeeper.close();
  }
}

async function startReplayWorker(
  { pool, functions, codeVersion, dataFolder, log }: ReplaySetting,
  statekeeper: ReplayStatekeeper,
): Promise<RunningWorker> {
  const sources = [...functions, workerModule];
  const capabilities = await everyCapability(sources, log);
  const options = { pool, slots: 1, sharing: "eager", leaseMs, codeVersion, dataFolder } as const;
  return startWorker({ ...options, functions: sources, statekeeper, capabilities, log });
}

/** What functions need of their worker is no reason not to look at them here. */
async function everyCapability(sources: ReadonlyArray<string | URL>, log: Logger): Promise<Capabilities> {
  const registry = await loadFunctions(sources, { codeVersion: undefined, isOfProcess: false, log });
  const tags = registry.names.flatMap((name) => registry.get(name)?.needs.tag ?? []);
  const plenty = Number.MAX_SAFE_INTEGER;
  return { tags, memoryMb: plenty, cpus: plenty, score: plenty };
}

async function outcomeOf(value: Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await value };
  } catch (error) {
    if (error instanceof RequestError) return { error };
    throw error;
  }
}

function workOf({ counters, functions: { functions } }: PoolState): FunctionWork[] {
  const work = [...functions].map(([functionName, { selfMicros = 0 }]): FunctionWork => {
    const evaluations = counters[`evaluated:${functionName}`] ?? 0;
    const keptResults = counters[`hits:${functionName}`] ?? 0;
    return { functionName, evaluations, keptResults, selfMs: (evaluations * selfMicros) / 1_000 };
  });
  const partners = work.filter(({ evaluations, keptResults }) => evaluations + keptResults > 0);
  return partners.sort((one, other) => other.selfMs - one.selfMs);
}
