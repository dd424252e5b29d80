/** Who is there to run a batch: the workers of a pool, the lanes they have together, and the functions they know. */
import type { Grid } from "@callgrid/client";
import { GridError, nearestNames } from "@callgrid/core";

type PoolState = Awaited<ReturnType<Grid["status"]>>;
type Member = PoolState["members"][number];

/** See the head of this file. */
export interface PoolSurvey {
  /** How many workers there are. */
  readonly workers: number;
  /** Function names to versions. */
  readonly versions: ReadonlyMap<string, string>;
  /** How many functions run at a time, if the processor is busy for this part of their time. */
  lanes(busyRatio: number): number;
}

/** What a survey goes by. */
export function surveyOf({ members, functions }: Pick<PoolState, "members" | "functions">): PoolSurvey {
  const workers = members.filter(({ kind, leaseLeftMs }) => kind === "worker" && leaseLeftMs > 0);
  return {
    workers: workers.length,
    versions: new Map([...functions.functions].map(([name, { version }]) => [name, version])),
    lanes: (busyRatio) => hostsOf(workers).reduce((total, host) => total + lanesOf(host, busyRatio), 0),
  };
}

/** The version of a function; throws `UNKNOWN_FUNCTION` with the nearest names for one that the pool does not have. */
export function versionIn(survey: PoolSurvey, name: string, pool: string): string {
  const version = survey.versions.get(name);
  if (version !== undefined) return version;
  const near = nearestNames(name, [...survey.versions.keys()], 3);
  const hint = near.length === 0 ? "" : `; did you mean ${near.map((other) => `"${other}"`).join(", ")}?`;
  throw new GridError("UNKNOWN_FUNCTION", `no worker of pool "${pool}" has a function "${name}"${hint}`, {
    details: { functionName: name, nearest: near },
  });
}

interface Host {
  slots: number;
  readonly cpus: number;
}

/** More functions at a time than processors help only where the processor is idle in between. */
function lanesOf({ slots, cpus }: Host, busyRatio: number): number {
  return Math.max(1, Math.min(slots, Math.floor(cpus / Math.max(busyRatio, 0.01))));
}

function hostsOf(workers: readonly Member[]): Host[] {
  const hosts = new Map<string, Host>();
  for (const { description, id } of workers) {
    const name = typeof description["host"] === "string" ? description["host"] : id;
    const host = hosts.get(name) ?? { slots: 0, cpus: numberOr(description["cpus"], 1) };
    host.slots += numberOr(description["slots"], 1);
    hosts.set(name, host);
  }
  return [...hosts.values()];
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" && value > 0 ? value : otherwise;
}
