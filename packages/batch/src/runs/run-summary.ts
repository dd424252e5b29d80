/** Runs as lists show them, from the jobs of BullMQ. */
import type { Job } from "bullmq";
import type { RunJobData } from "./run-spec.ts";

/** A run as lists show it. */
export interface RunSummary {
  readonly kind: "run";
  readonly id: string;
  readonly name: string;
  /** BullMQ's words: `waiting`, `delayed`, `active`, `completed`, `failed` and so on. One that was cancelled has failed. */
  readonly state: string;
  /** What is done of it, from 0 to 1; undefined while that is unknown. */
  readonly done: number | undefined;
  readonly submittedMs: number;
  /** When it begins, where it waits for that. */
  readonly dueMs: number | undefined;
  readonly attempts: number;
  /** Its result, once it is completed: `value`, and `meta` where JSON alone would lose what it was; or how many slices there were. */
  readonly result: unknown;
  /** Why it failed, if it did, or what it waits for besides its time. */
  readonly reason: string | undefined;
  /** The job's data. */
  readonly spec: RunJobData;
}

/** Why a run failed that was cancelled. */
export const cancelledReason = "cancelled";

const waitingStates: ReadonlySet<string> = new Set(["waiting", "delayed", "prioritized"]);

/** Whether a run in this state is still to begin, or to go on. */
export function isWaiting(state: string): boolean {
  return waitingStates.has(state);
}

/** A run that waits and is cancelled has failed: a runner that takes it does nothing but note that. */
export function summaryOf(job: Job<RunJobData>, jobState: string, isCancelled: boolean): RunSummary {
  const hasEnded = isCancelled && isWaiting(jobState);
  const state = hasEnded ? "failed" : jobState;
  const { id = "", name, timestamp, delay, attemptsMade, attemptsStarted, returnvalue, data } = job;
  const isDue = state !== "delayed" || attemptsStarted > 0;
  return {
    kind: "run",
    ...{ id, name, state, done: doneOf(job), submittedMs: timestamp, attempts: attemptsMade, result: returnvalue },
    ...{ dueMs: isDue ? undefined : timestamp + delay, reason: hasEnded ? cancelledReason : reasonOf(job), spec: data },
  };
}

function reasonOf({ failedReason, progress, finishedOn }: Job<RunJobData>): string | undefined {
  const { waitsFor } = (progress ?? {}) as { waitsFor?: string };
  return waitsFor === undefined || finishedOn !== undefined ? failedReason : `waits for ${waitsFor}`;
}

/** Whether it can be the id of a run: other keys of the queue are no jobs, and hold what BullMQ keeps for all of them. */
export function isRunId(id: unknown): boolean {
  return typeof id === "string" && (/^\d+$/.test(id) || occurrenceOf(id) !== undefined);
}

/** The schedule of one of its runs, and when that was due. */
export interface Occurrence {
  readonly schedule: string;
  readonly dueMs: number;
}

/** By the id that BullMQ gives to a run of a schedule; undefined for any other. */
export function occurrenceOf(id: string): Occurrence | undefined {
  const [, schedule, dueMs] = /^repeat:([^:]+):(\d+)$/.exec(id) ?? [];
  return schedule === undefined ? undefined : { schedule, dueMs: Number(dueMs) };
}

function doneOf({ progress }: Job): number | undefined {
  const { doneUnits, totalUnits } = (progress ?? {}) as { doneUnits?: number; totalUnits?: number };
  if (doneUnits === undefined || totalUnits === undefined) return undefined;
  return totalUnits === 0 ? 1 : doneUnits / totalUnits;
}
