/**
 * Durable runs: `@callgrid/batch/runs`. Apart from the package's other exports, since BullMQ, which these are made of, takes as long
 * to load as all the rest.
 */
export { withoutCommand } from "./run-place.ts";
export { RunQueue } from "./run-queue.ts";
export type { RunSummary } from "./run-summary.ts";
export { Runner, type RunnerParts } from "./runner.ts";
export type { Schedule } from "./schedules.ts";
