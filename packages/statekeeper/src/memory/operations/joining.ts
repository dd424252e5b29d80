/**
 * Joining: takes a member in (again), with its lease, description and functions. (scripts/join.lua, renew.lua,
 * forget.lua, noteMismatch.lua)
 */
import type { FunctionTable, Member, Mismatch, Renewal } from "../../contract/contract.ts";
import { takenId } from "../../contract/taken-id.ts";
import { poolPlace, queueAt } from "../records/places.ts";
import type { PoolRecords } from "../records/pool-records.ts";

export function joinMember(records: PoolRecords, pool: string, member: Member): FunctionTable {
  const { id, kind, leaseMs, description, functions } = member;
  const plainDescription = JSON.parse(JSON.stringify(description)) as Member["description"];
  refuseTaken(records, pool, member);
  // before it is a member: the lease of a non-member lapses, and a member without a lease would stay
  records.leases.set(id, records.now() + leaseMs);
  if (registerFunctions(records, member)) records.announceFunctions();
  // what only it waits for was passed over by those who take what members wait for
  if (!records.members.has(id)) queueAt(records, poolPlace)?.forgetPassed();
  records.members.set({ id, kind, description: plainDescription, functions: new Map(functions) });
  for (const lost of records.lostRequests.take(id, records.now())) takeLossBack(records, lost);
  records.count("joined-members", 1);
  return records.functions.table();
}

function refuseTaken(records: PoolRecords, pool: string, { id, description }: Member): void {
  const other = records.members.get(id);
  const leaseLeftMs = (records.leases.lapsesAt(id) ?? 0) - records.now();
  if (other === undefined || leaseLeftMs <= 0 || other.description["instance"] === description["instance"]) return;
  throw takenId(pool, id, { description: other.description, leaseLeftMs });
}

/** Returns whether the pool knows the process, as that instance of its id if one is given. */
export function renewLease(
  records: PoolRecords,
  process: string,
  { leaseMs, instance, memoryMb }: Renewal & { readonly leaseMs: number },
): boolean {
  if (!records.isKnown(process)) return false;
  if (instance !== undefined && records.members.get(process)?.description["instance"] !== instance) return false;
  records.leases.set(process, records.now() + leaseMs);
  if (memoryMb !== undefined && records.members.has(process)) records.memory.set(process, memoryMb);
  return true;
}

/** What it holds now first, then what it held before: so a version that stays has a holder all the time. */
function registerFunctions(records: PoolRecords, { id, kind, functions, knows = new Map() }: Member): boolean {
  let isChanged = false;
  for (const [name, known] of knows) {
    isChanged = records.functions.recall(name, known, functions.get(name)) || isChanged;
    if (kind === "distributor") isChanged = records.functions.replaceUnheld(name, known.version) || isChanged;
  }
  for (const [name, version] of functions) isChanged = records.functions.addHolder(name, version) || isChanged;
  for (const [name, version] of records.members.get(id)?.functions ?? []) {
    isChanged = records.functions.removeHolder(name, version) || isChanged;
  }
  return isChanged;
}

function takeLossBack(records: PoolRecords, id: string): void {
  const record = records.requests.get(id);
  if (record === undefined || record.losses === 0) return;
  record.losses -= 1;
  if (record.losses === 0) record.reports.length = 0;
}

/** Makes all results of the function stale, and notes why no others are kept, unless the function has another version by now. */
export function noteMismatch(records: PoolRecords, functionName: string, mismatch: Mismatch): void {
  if (records.functions.noteMismatch(functionName, mismatch, records.now())) records.announceFunctions();
}

/** Forgets one result, or all results of a function; the members drop what they remember. */
export function forget(records: PoolRecords, what: { readonly id: string } | { readonly functionName: string }): void {
  if ("functionName" in what) {
    records.functions.forgetMismatch(what.functionName);
    if (records.functions.raiseGeneration(what.functionName)) records.announceFunctions();
    return;
  }
  records.results.delete(what.id);
  records.tellWorkers({ kind: "forget", id: what.id });
}
