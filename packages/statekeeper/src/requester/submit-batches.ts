/**
 * How pending requests are cut into submit batches: one target worker and one priority a batch, bounded by number and by size, order
 * kept.
 */
import type { PendingRequest } from "./pending-request.ts";

/** Requests that are submitted in one call. */
export interface PlannedBatch {
  readonly worker: string | undefined;
  readonly priority: number;
  readonly requests: readonly PendingRequest[];
}

// One call is one message to Redis, and one script that no other can run during.
const longestBatchCharacters = 4 * 1024 * 1024;

interface OpenBatch {
  readonly worker: string | undefined;
  readonly priority: number;
  readonly requests: PendingRequest[];
  characters: number;
}

/** Cuts requests into batches of at most `batchSize`; a payload that is large by itself goes alone. */
export function planBatches(requests: readonly PendingRequest[], batchSize: number): PlannedBatch[] {
  const planned: OpenBatch[] = [];
  const open: OpenBatch[] = [];
  for (const request of requests) {
    const { worker, priority } = request;
    const place = open.findIndex((other) => other.worker === worker && other.priority === priority);
    let batch = open[place];
    if (batch === undefined || !hasRoom(batch, request, batchSize)) {
      batch = { worker, priority, requests: [], characters: 0 };
      open[place === -1 ? open.length : place] = batch;
      planned.push(batch);
    }
    batch.requests.push(request);
    batch.characters += request.payload.length;
  }
  return planned;
}

/** Requests that may go in one call, and how long their payloads are together. */
export interface BatchLoad {
  readonly requests: readonly PendingRequest[];
  readonly characters: number;
}

/** Whether a request still goes into the same call. */
export function hasRoom({ requests, characters }: BatchLoad, { payload }: PendingRequest, batchSize: number): boolean {
  return requests.length < batchSize && characters + payload.length <= longestBatchCharacters;
}
