/**
 * Addressed requests: one worker alone may evaluate them. It holds them from the beginning, and their ids say so, so that no other caller
 * joins them and no queue has them. What that worker gives back, or leaves behind, fails. (scripts/lib/addressed.lua)
 */
import { encodeError, isAddressedId } from "@callgrid/core";
import type { SubmitBatch } from "../../contract/contract.ts";
import { shownPayload } from "../../contract/large-text.ts";
import { isOwnWorker } from "../../contract/own-workers.ts";
import { claimOf } from "../drawing/drawing.ts";
import type { PoolRecords } from "../records/pool-records.ts";

const mostWorkersNamed = 20;

/** Whether the batch is for its worker alone. */
export function isAddressed({ worker, submissions: [first] }: SubmitBatch): boolean {
  return worker !== undefined && first !== undefined && isAddressedId(first.id);
}

/** Has the worker hold what was addressed to it. */
export function giveAddressed(records: PoolRecords, worker: string, ids: readonly string[]): void {
  if (ids.length === 0) return;
  const now = records.now();
  records.volunteers.standDown(worker);
  records.noteRunning(worker, ids);
  records.count("claimed", ids.length);
  for (const id of ids) {
    const record = records.requests.get(id);
    if (record === undefined) continue;
    record.owner = worker;
    record.claimedAt = now;
    records.inboxes.send(worker, { kind: "run", claim: claimOf(id, record, now) });
  }
}

/** Fails what the worker, which holds it, does not evaluate. */
export function failAddressed(records: PoolRecords, worker: string, ids: readonly string[]): void {
  if (ids.length === 0) return;
  const workers = records.members
    .sample(mostWorkersNamed)
    .filter((id) => id !== worker && isOwnWorkerAt(records, id))
    .sort();
  const rest =
    workers.length === 0 ? "the pool has no other worker" : `other workers of the pool: ${workers.join(", ")}`;
  const msg = `worker "${worker}", to which this was addressed, has left, cannot evaluate it, or has another version of its function than the pool; ${rest}`;
  for (const id of ids) {
    const record = records.requests.get(id);
    if (record === undefined) continue;
    const req = shownPayload(record.payload);
    const outcome = encodeError({ msg, code: "WORKER_UNAVAILABLE", req, details: { worker, workers } });
    records.finish(id, { record, outcome, isStored: false });
  }
  records.count("lost", ids.length);
}

/** Whether the pool has this worker, and it is no bridge. */
export function isOwnWorkerAt({ members }: PoolRecords, id: string): boolean {
  const member = members.get(id);
  return member !== undefined && isOwnWorker(member);
}
