/**
 * What must hold inside a worker whenever it rests, between two events. Each function returns what is wrong, in words, or undefined;
 * none changes anything.
 */
import type { WorkerState } from "@callgrid/worker";

/** All of them; the first that is broken. */
export function mistakeInWorker(state: WorkerState): string | undefined {
  return miscountedSlots(state) ?? suspectInCompany(state) ?? passedOver(state) ?? stranded(state);
}

/** As many functions run as slots are taken. */
function miscountedSlots({ slots, freeSlots, evaluations }: WorkerState): string | undefined {
  const running = evaluations.filter(({ state }) => state === "running").length;
  const isRight = freeSlots >= 0 && freeSlots <= slots && running === slots - freeSlots;
  return isRight ? undefined : `${running} functions run, and ${freeSlots} of ${slots} slots are free`;
}

/** A request that a worker has died of runs alone. */
function suspectInCompany({ evaluations }: WorkerState): string | undefined {
  const running = evaluations.filter(({ state }) => state === "running");
  const suspect = running.find(({ isSuspect }) => isSuspect);
  if (suspect === undefined || running.length === 1) return undefined;
  return `the suspect ${suspect.payload} runs with ${running.length - 1} others`;
}

/** The second half of invariant 2: what can resume does so before anything starts. */
function passedOver({ started, resumable }: WorkerState): string | undefined {
  const one = resumable.find(({ startedBefore }) => startedBefore < started);
  if (one === undefined) return undefined;
  return `${one.payload} could go on, and ${started - one.startedBefore} evaluations were started before it`;
}

/** With a slot free nothing waits for one, unless for the sake of a suspect; with all slots free not even then. */
function stranded({ slots, freeSlots, isPausing, evaluations, resumable }: WorkerState): string | undefined {
  const isForSuspect = evaluations.some(({ isSuspect, state }) => isSuspect && state !== "asked" && state !== "done");
  if (isPausing || freeSlots === 0 || (isForSuspect && freeSlots < slots)) return undefined;
  const waiting = evaluations.filter(({ state }) => state === "stacked" || state === "ready");
  const [one] = [...resumable, ...waiting];
  return one === undefined ? undefined : `${one.payload} waits for a slot, and ${freeSlots} of ${slots} are free`;
}
