/**
 * A worker of the system under test, in a process of its own. It answers one question at a time, and ends with its run.
 *
 * This is the main file of a process and does its work on being loaded; nothing imports it.
 */

import type { SystemName } from "../system.ts";
import { evaluationCount } from "../tasks.ts";
import { cpuSeconds, peakResidentBytes } from "./process-usage.ts";
import type { StartWork, WorkerAnswer, WorkerQuestion } from "./worker-messages.ts";

/** Only the system under test is loaded. */
const workers: Partial<Record<SystemName, () => Promise<{ readonly startWork: StartWork }>>> = {
  callgrid: () => import("../systems/callgrid-worker.ts"),
  bullmq: () => import("../systems/bullmq-worker.ts"),
  "bee-queue": () => import("../systems/bee-queue-worker.ts"),
  floor: () => import("../systems/floor-worker.ts"),
};

async function answer(question: WorkerQuestion): Promise<WorkerAnswer> {
  if (question.kind === "usage") {
    const residentBytes = process.memoryUsage.rss();
    const usage = { residentBytes, peakResidentBytes: peakResidentBytes(), evaluations: evaluationCount() };
    return { kind: "usage", usage: { ...usage, cpuSeconds: cpuSeconds() } };
  }
  const load = workers[question.setup.system];
  if (load === undefined) throw new Error(`${question.setup.system} has no worker processes`);
  const { startWork } = await load();
  await startWork(question.setup);
  return { kind: "ready" };
}

process.on("message", (question) => {
  answer(question as WorkerQuestion).then(
    (given) => process.send?.(given),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));
