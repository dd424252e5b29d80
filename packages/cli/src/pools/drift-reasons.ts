/** What to say of workers that have a function at another version than the current one. */
import { nameList } from "@callgrid/core";
import { type CodeNote, type PoolState, type VersionDrift, versionDrifts } from "@callgrid/statekeeper";
import { counted } from "../terminal/durations.ts";

/** What a drift is, and what to do about it. */
export interface DriftReason {
  readonly message: string;
  readonly remedy: string;
}

const remedy = "deploy equal files to all workers, or start all with the same --code-version";

/** One for each set of workers that differ in the same files, since one changed module may concern many functions. */
export function driftReasons(state: PoolState, notes: ReadonlyMap<string, CodeNote>): DriftReason[] {
  const groups = new Map<string, VersionDrift[]>();
  for (const drift of versionDrifts(state, notes)) {
    const key = JSON.stringify([drift.workers, drift.differing]);
    groups.set(key, [...(groups.get(key) ?? []), drift]);
  }
  return [...groups.values()].map((drifts) => ({ message: messageOf(drifts), remedy }));
}

function messageOf(drifts: readonly VersionDrift[]): string {
  const [first] = drifts;
  if (first === undefined) return "";
  const { workers, currentWorkers, differing, version, currentVersion } = first;
  const [isOne, isOneFunction] = [workers.length === 1, drifts.length === 1];
  const versions = isOneFunction ? `version ${version} of` : "other versions of";
  const names = nameList(drifts.map(({ functionName }) => functionName));
  const current = isOneFunction ? `version ${currentVersion}` : "others";
  const holders = `${counted(currentWorkers, "worker")} ${currentWorkers === 1 ? "has" : "have"} ${current}`;
  const difference = differing.length === 0 ? "" : `; files that differ: ${nameList(differing)}`;
  return (
    `${counted(workers.length, "worker")} ${isOne ? "has" : "have"} ${versions} ${names}, and ${isOne ? "receives" : "receive"} ` +
    `no requests for ${isOneFunction ? "it" : "them"}, since ${holders}, which ${isOneFunction ? "is" : "are"} current: ` +
    `${nameList(workers)}${difference}`
  );
}
