/** A pool with bridges to other pools, and what bridges do there, for facts of them. */
import type { CarryFrom } from "@callgrid/statekeeper";
import { claimNames, idOf, joinWorkers, measure, payloadOf, type SetStage, type Stage } from "./stage.ts";

/** A measured function, two bridges and a worker. */
export async function setBridges(setStage: SetStage): Promise<Stage> {
  const stage = await setStage();
  await joinWorkers(stage.pool, "w1", "b1", "b2");
  await measure(stage.pool, "work", 1);
  return stage;
}

export async function askAsGuests(
  { pool }: Stage,
  process: string,
  names: readonly string[],
  { priority = 0, functionName = "work" } = {},
): Promise<void> {
  const submissions = names.map((name) => ({ id: idOf(name), payload: payloadOf(name, functionName) }));
  await pool.submit({ process, leaseMs: 0, queueLimit: 0, priority, isGuest: true, submissions });
}

export async function carryNames({ pool }: Stage, worker: string, carry: CarryFrom, limits = {}): Promise<string[]> {
  return claimNames(pool, worker, { reach: carry, ...limits });
}

export async function messagesTo(stage: Stage, process: string): Promise<unknown[]> {
  return [...((await stage.dump()).inboxes[process] ?? [])];
}
