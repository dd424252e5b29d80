/**
 * Joining: takes a member in (again), with its lease, description and functions. (scripts/join.lua, forget.lua)
 */
import type { FunctionTable, Member } from "../../contract/contract.ts";
import type { PoolRecords } from "../records/pool-records.ts";

export function joinMember(records: PoolRecords, member: Member): FunctionTable {
  const { id, kind, leaseMs, description, functions } = member;
  const plainDescription = JSON.parse(JSON.stringify(description)) as Member["description"];
  // before it is a member: the lease of one that is none lapses, and a member without a lease would stay
  records.leases.set(id, records.now() + leaseMs);
  if (registerFunctions(records, member)) records.announceFunctions();
  records.members.set({ id, kind, description: plainDescription, functions: new Map(functions) });
  for (const lost of records.lostRequests.take(id, records.now())) takeLossBack(records, lost);
  records.count("joined-members", 1);
  return records.functions.table();
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

/** Forgets one result, or all results of a function; the members drop what they remember. */
export function forget(records: PoolRecords, what: { readonly id: string } | { readonly functionName: string }): void {
  if ("functionName" in what) {
    if (records.functions.raiseGeneration(what.functionName)) records.announceFunctions();
    return;
  }
  records.results.delete(what.id);
  records.tellWorkers({ kind: "forget", id: what.id });
}
