/** Which workers of a pool have a function at another version than the current one: such workers receive no requests for it. */
import { isOwnWorker } from "./own-workers.ts";
import type { MemberState, PoolState } from "./pool-state.ts";

/** One version of a function that is not the current one. */
export interface VersionDrift {
  readonly functionName: string;
  readonly currentVersion: string;
  readonly version: string;
  /** Ids of the live workers that have it, sorted. */
  readonly workers: readonly string[];
  /** How many live workers have the current version. */
  readonly currentWorkers: number;
  /** Files whose content differs between these workers and those of the current version, sorted; empty where workers list no files. */
  readonly files: readonly string[];
}

/** By function and version, sorted; empty where all live workers agree. */
export function versionDrifts({ members, functions: { functions } }: PoolState): VersionDrift[] {
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
      files: differingFiles(holders[0], current[0]),
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

function differingFiles(one: MemberState | undefined, other: MemberState | undefined): string[] {
  const [here, there] = [filesOf(one), filesOf(other)];
  if (here.size === 0 || there.size === 0) return [];
  return [...new Set([...here.keys(), ...there.keys()])].filter((file) => here.get(file) !== there.get(file)).sort();
}

/** As a worker describes itself, so it may be anything. */
function filesOf(member: MemberState | undefined): Map<string, unknown> {
  const files = member?.description["files"];
  return new Map(typeof files === "object" && files !== null ? Object.entries(files) : []);
}
