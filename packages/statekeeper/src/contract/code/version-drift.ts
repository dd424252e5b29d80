/** Which workers of a pool have a function at another version than the current one: such workers receive no requests for it. */

import { isOwnWorker } from "../own-workers.ts";
import type { MemberState, PoolState } from "../pool-state.ts";
import { type CodeNote, codeDifference } from "./code-note.ts";

/** One version of a function that is not the current one. */
export interface VersionDrift {
  readonly functionName: string;
  readonly currentVersion: string;
  readonly version: string;
  /** Ids of the live workers that have it, sorted. */
  readonly workers: readonly string[];
  /** How many live workers have the current version. */
  readonly currentWorkers: number;
  /** Files and packages that differ between this version and the current one, sorted; empty where these were not noted. */
  readonly differing: readonly string[];
}

/** By function and version, sorted; empty where all live workers agree. `notes` say what versions are made of, as far as is known. */
export function versionDrifts(
  { members, functions: { functions } }: Pick<PoolState, "members" | "functions">,
  notes: ReadonlyMap<string, CodeNote> = new Map(),
): VersionDrift[] {
  const live = members.filter((member) => isOwnWorker(member) && member.leaseLeftMs > 0);
  return [...functions].sort(byName).flatMap(([functionName, { version: currentVersion }]) => {
    const byVersion = holdersByVersion(live, functionName);
    const current = byVersion.get(currentVersion) ?? [];
    byVersion.delete(currentVersion);
    return [...byVersion].sort(byName).map(([version, holders]) => ({
      functionName,
      currentVersion,
      version,
      workers: holders.map(({ id }) => id).sort(),
      currentWorkers: current.length,
      differing: differingCode(notes.get(version), notes.get(currentVersion)),
    }));
  });
}

function holdersByVersion(members: readonly MemberState[], functionName: string): Map<string, MemberState[]> {
  const holders = new Map<string, MemberState[]>();
  for (const member of members) {
    const version = member.functions[functionName];
    if (version !== undefined) holders.set(version, [...(holders.get(version) ?? []), member]);
  }
  return holders;
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function differingCode(one: CodeNote | undefined, other: CodeNote | undefined): string[] {
  const { files = [], packages = [] } = codeDifference(one, other) ?? {};
  return [...files, ...packages];
}
