/** What client and workers of BullMQ have in common: a queue made in one place, since making one sets what Redis keeps. */
import { Queue, type QueueOptions } from "bullmq";
import type { RedisAddress, Settings, Task } from "../system.ts";

export const queueName = "bench";

/** At the default of 10,000 a listener that falls behind loses results. */
const defaultEventsKept = 200_000;

/** The data of a job. `isAsked`: its children are on their way, and it runs for the second time. */
export interface JobData {
  readonly task: Task;
  readonly isAsked?: boolean;
}

export function connectionTo({ host, port }: RedisAddress): QueueOptions["connection"] {
  return { host, port, maxRetriesPerRequest: null };
}

/** Jobs that were found by their id have to be kept; others go when they are done, which is a little faster. */
export function openQueue(redis: RedisAddress, { eventsKept = defaultEventsKept, nesting }: Settings): Queue {
  return new Queue(queueName, {
    connection: connectionTo(redis),
    streams: { events: { maxLen: eventsKept } },
    defaultJobOptions: { removeOnComplete: nesting === undefined },
  });
}
