/**
 * A stage: one pool on one of the statekeepers, with nothing in it. The facts of this folder run on all of them.
 */
import { randomUUID } from "node:crypto";
import { MessageChannel } from "node:worker_threads";
import {
  type ClaimReach,
  MemoryStatekeeper,
  openStatekeeper,
  type PoolDump,
  type PoolKeeper,
  PortStatekeeper,
  type Statekeeper,
  servePort,
} from "@callgrid/statekeeper";
import { inject, onTestFinished } from "vitest";
import { prefixOf, RedisDumper } from "./redis-dump.ts";

export interface Stage {
  readonly keeper: Statekeeper;
  readonly pool: PoolKeeper;
  dump(): Promise<PoolDump>;
}

/** Sets a stage for one test, and clears it away when that is over. */
export type SetStage = () => Promise<Stage>;

export async function setMemoryStage(): Promise<Stage> {
  const keeper = new MemoryStatekeeper({ grid: randomUUID() });
  onTestFinished(() => keeper.close());
  const pool = keeper.pool("pool");
  return { keeper, pool, dump: async () => pool.dump() };
}

/** As a worker thread sees the one in memory; here both ends of the port are in one thread, which makes no difference to them. */
export async function setPortStage(): Promise<Stage> {
  const { keeper: owned, dump } = await setMemoryStage();
  const { port1, port2 } = new MessageChannel();
  const served = servePort(owned, port1);
  onTestFinished(() => served.close());
  const keeper = new PortStatekeeper(port2, { grid: owned.grid });
  return { keeper, pool: keeper.pool("pool"), dump };
}

export async function setRedisStage(url = inject("smallRedisUrl")): Promise<Stage> {
  const grid = randomUUID();
  const keeper = await openStatekeeper(url, { grid });
  const dumper = new RedisDumper(url, prefixOf(grid, "pool"));
  onTestFinished(async () => {
    await keeper.close();
    await dumper.remove(grid, "pool");
    await dumper.close();
  });
  return { keeper, pool: keeper.pool("pool"), dump: () => dumper.dump(grid, "pool") };
}

/** What has no lease of its own in a test never lapses there. */
export const longLeaseMs = 3_600_000;

/** More work than any test measures, and less than a function counts for that was never measured. */
const ampleMicros = 1e12;

/** A readable id of the length that ids have. */
export function idOf(name: string): string {
  return name.padEnd(22, "_");
}

export function payloadOf(name: string, functionName = "work"): string {
  return JSON.stringify([functionName, name]);
}

/** Takes workers in that have the function `work`; those that joined before are sent nothing, since nothing changes. */
export async function joinWorkers(pool: PoolKeeper, ...workers: readonly string[]): Promise<void> {
  for (const worker of workers) await joinWorker(pool, worker, { work: "v1" });
}

export async function joinWorker(
  pool: PoolKeeper,
  worker: string,
  functions: Readonly<Record<string, string>>,
): Promise<void> {
  await pool.join({
    id: worker,
    kind: "worker",
    leaseMs: longLeaseMs,
    description: { host: "here" },
    functions: new Map(Object.entries(functions)),
  });
}

/** Takes a bridge in, which carries requests to another pool. */
export async function joinBridge(pool: PoolKeeper, id: string): Promise<void> {
  const description = { host: "here", bridgesTo: "below" };
  await pool.join({ id, kind: "worker", leaseMs: longLeaseMs, description, functions: new Map([["work", "v1"]]) });
}

/** Submits requests of `work` by a client, which gets a lease thereby. */
export async function submitByClient(pool: PoolKeeper, client: string, ...names: readonly string[]): Promise<void> {
  const submissions = names.map((name) => ({ id: idOf(name), payload: payloadOf(name) }));
  await pool.submit({ process: client, leaseMs: longLeaseMs, queueLimit: 0, submissions });
}

/** Submits re-entrant requests of `work` by a worker, onto its own queue. */
export async function submitByWorker(pool: PoolKeeper, worker: string, ...names: readonly string[]): Promise<void> {
  const submissions = names.map((name) => ({ id: idOf(name), payload: payloadOf(name) }));
  await pool.submit({ process: worker, leaseMs: 0, worker, queueLimit: 0, submissions });
}

/** Has `w1` report how long a function takes. */
export async function measure(pool: PoolKeeper, functionName: string, selfMicros: number): Promise<void> {
  const times = { selfMicros, expectedMicros: selfMicros };
  await pool.complete("w1", [], [{ functionName, evaluations: 1, failures: 0, ...times }]);
}

/** The names of what a worker claims; it takes all there is unless its options say otherwise. */
export async function claimNames(
  pool: PoolKeeper,
  worker: string,
  limits: {
    max?: number;
    budgetMicros?: number;
    spareMicros?: number;
    volunteerFor?: number;
    score?: number;
    recent?: string;
    skips?: readonly string[];
    reach?: ClaimReach;
  } = {},
): Promise<string[]> {
  const { epoch } = await pool.functions();
  const standard = { max: 100, budgetMicros: ampleMicros, reach: "roots" as const, volunteerFor: 0, skips: [] };
  const reply = await pool.claim({ worker, epoch, ...standard, ...limits });
  return reply.claims.map(({ id }) => nameOf(id));
}

/** Lets a process's lease lapse; a process that lapses earlier is swept earlier. */
export async function lapse(pool: PoolKeeper, process: string, agoMs = 1_000): Promise<void> {
  await pool.renew(process, -agoMs);
}

/** The inverse of {@link idOf}. */
function nameOf(id: string): string {
  return id.replace(/_+$/, "");
}
