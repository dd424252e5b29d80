/**
 * A worker of BullMQ. Nested tasks are done in two steps, as its documentation has it: a job adds its children, waits among
 * those that wait for children, and runs again when they are done. Where children are found by id, so that equal ones are
 * evaluated once, that cannot be used, since a job has one parent: there the first run itself waits for them.
 */
import { type Job, type Queue, QueueEvents, WaitingChildrenError, Worker } from "bullmq";
import { childrenOf, combine, isNested } from "../nested-tasks.ts";
import type { StartWork, WorkerSetup } from "../run/worker-messages.ts";
import type { Task } from "../system.ts";
import { evaluate } from "../tasks.ts";
import { connectionTo, type JobData, openQueue, queueName } from "./bullmq-queue.ts";

type Process = (job: Job<JobData>, token: string) => unknown;

export const startWork: StartWork = async (setup) => {
  const { concurrency = 1 } = setup.settings;
  const evaluateJob = await processOf(setup);
  const connection = connectionTo(setup.redis);
  const worker = new Worker<JobData>(queueName, async (job, token = "") => evaluateJob(job, token), {
    connection,
    concurrency,
  });
  worker.on("error", () => undefined);
  await worker.waitUntilReady();
};

async function processOf(setup: WorkerSetup): Promise<Process> {
  const { redis, settings } = setup;
  if (settings.nesting === undefined) return (job) => evaluate(job.data.task);
  const queue = openQueue(redis, settings);
  await queue.waitUntilReady();
  if (settings.nesting === "steps") return (job, token) => evaluateInSteps(queue, job, token);
  const events = new QueueEvents(queueName, { connection: connectionTo(redis) });
  await events.waitUntilReady();
  return (job) => evaluateById(queue, events, job.data.task);
}

async function evaluateInSteps(queue: Queue, job: Job<JobData>, token: string): Promise<unknown> {
  const { task, isAsked = false } = job.data;
  if (!isNested(task)) return evaluate(task);
  const children = isAsked ? [] : childrenOf(task);
  if (children.length > 0) {
    const parent = { id: String(job.id), queue: job.queueQualifiedName };
    const add = queue.addBulk(children.map((child) => ({ name: "task", data: { task: child }, opts: { parent } })));
    await Promise.all([add, job.updateData({ task, isAsked: true })]);
    if (await job.moveToWaitingChildren(token)) throw new WaitingChildrenError();
  }
  const values = isAsked || children.length > 0 ? Object.values(await job.getChildrenValues()) : [];
  return combine(task, values);
}

async function evaluateById(queue: Queue, events: QueueEvents, task: Task): Promise<unknown> {
  if (!isNested(task)) return evaluate(task);
  const values = childrenOf(task).map(async (child) => {
    const job = await queue.add("task", { task: child }, { jobId: child.join("-") });
    return job.waitUntilFinished(events);
  });
  return combine(task, await Promise.all(values));
}
