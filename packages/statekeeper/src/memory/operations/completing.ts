/**
 * Completing: the first outcome of an open request wins, an error only from its owner; the waiters are notified. Outcomes of code that is not
 * current are refused. (scripts/complete.lua)
 */
import { functionNameIn, isErrorText } from "@callgrid/core";
import type { Completion, EvaluationReport } from "../../contract/contract.ts";
import type { PoolRecords } from "../records/pool-records.ts";

/** Returns the ids of what the worker holds and is to give back: what was made by code that is not current. */
export function complete(
  records: PoolRecords,
  worker: string,
  handedIn: { readonly completions: readonly Completion[]; readonly reports: readonly EvaluationReport[] },
): string[] {
  for (const report of handedIn.reports) noteReport(records, report);
  const outdated = new Set(handedIn.completions.filter((completion) => isOutdated(records, completion)));
  const held = [...outdated].map(({ id }) => id).filter((id) => records.requests.get(id)?.owner === worker);
  records.count("outdated", held.length);
  for (const completion of handedIn.completions) {
    if (outdated.has(completion)) continue;
    completeOne(records, worker, completion);
    records.noteNotRunning(worker, completion.id);
  }
  return held;
}

/** A request that is not known any more has no waiters, and a hit looks at the stamp. */
function isOutdated({ requests, functions }: PoolRecords, { id, stamp }: Completion): boolean {
  const record = requests.get(id);
  return record !== undefined && !functions.isMadeByCurrentCode(functionNameIn(record.payload), stamp);
}

function noteReport(records: PoolRecords, report: EvaluationReport): void {
  const { functionName, evaluations, failures, selfMicros, expectedMicros } = report;
  records.count("evaluated", evaluations);
  records.count(`evaluated:${functionName}`, evaluations);
  records.count("failed", failures);
  if (selfMicros > 0) records.functions.setCost(functionName, { selfMicros, expectedMicros });
}

function completeOne(records: PoolRecords, worker: string, completion: Completion): void {
  const { id, outcome, stamp, ttlMs } = completion;
  const isError = isErrorText(outcome);
  const isKept = !isError && ttlMs > 0;
  const record = records.requests.get(id);
  if (record === undefined) {
    if (isKept && records.results.get(id, records.now()) === undefined) store(records, completion);
    records.count("late", 1);
  } else if (isError && record.owner !== worker) {
    records.count("fenced", 1);
  } else {
    if (isKept) store(records, completion);
    records.finish(id, { record, outcome, stamp, isStored: isKept, except: worker });
    if (record.owner !== undefined && record.owner !== worker) stop(records, record.owner, id);
    records.count("completed", 1);
  }
}

function store(records: PoolRecords, { id, outcome, stamp, ttlMs }: Completion): void {
  records.results.store(id, { outcome, stamp }, { now: records.now(), ttlMs });
}

/** Another worker was faster than the owner. */
function stop(records: PoolRecords, owner: string, id: string): void {
  records.noteNotRunning(owner, id);
  records.inboxes.send(owner, { kind: "cancel", id });
}
