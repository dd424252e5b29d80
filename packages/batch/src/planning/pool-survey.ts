import { hostname } from "node:os";
import type { Grid } from "@callgrid/client";
import { GridError, nearestNames } from "@callgrid/core";
import type { NamedFunction } from "../chunks/named-function.ts";

type PoolState = Awaited<ReturnType<Grid["status"]>>;
type Member = PoolState["members"][number];

/** Places where one function runs at a time, and how fast they are by the scores of their workers. */
export interface Lanes {
  readonly count: number;
  readonly meanScore: number;
  readonly leastScore: number;
}

/** What a pool has to run a batch with: its workers, the lanes they have together and how fast these are, and the functions they know. */
export interface PoolSurvey {
  /** How many workers there are. */
  readonly workers: number;
  /** The functions of the pool's table, by name. */
  readonly functions: ReadonlyMap<string, NamedFunction>;
  /** The lanes for functions that keep the processor busy for this part of their time. */
  lanes(busyRatio: number): Lanes;
  /** The score of a worker of the pool (`pool/…`); undefined for one that was not there. */
  scoreOf(worker: string): number | undefined;
  /** The score of this process: that of the workers on its host; 1, which is usual, where there are none. */
  readonly scoreHere: number;
}

/** What a survey depends on. */
export function surveyOf({ members, functions }: Pick<PoolState, "members" | "functions">): PoolSurvey {
  const workers = members.filter(({ kind, leaseLeftMs }) => kind === "worker" && leaseLeftMs > 0);
  const scores = new Map(workers.map(({ id, description }) => [id, scoreIn(description)]));
  return {
    workers: workers.length,
    functions: new Map(
      [...functions.functions].map(([name, { version, generation }]) => [name, { name, version, generation }]),
    ),
    lanes: (busyRatio) => allLanes(hostsOf(workers), busyRatio),
    scoreOf: (worker) => scores.get(worker.slice(worker.indexOf("/") + 1)),
    scoreHere: hostsOf(workers).find(({ name }) => name === hostname())?.meanScore ?? usualScore,
  };
}

/** A function of the pool; throws `UNKNOWN_FUNCTION` with the nearest names for one that the pool does not have. */
export function functionIn(survey: PoolSurvey, name: string, pool: string): NamedFunction {
  const found = survey.functions.get(name);
  if (found !== undefined) return found;
  const near = nearestNames(name, [...survey.functions.keys()], 3);
  const hint = near.length === 0 ? "" : `; did you mean ${near.map((other) => `"${other}"`).join(", ")}?`;
  throw new GridError("UNKNOWN_FUNCTION", `no worker of pool "${pool}" has a function "${name}"${hint}`, {
    details: { functionName: name, nearest: near },
  });
}

const usualScore = 1;

interface Host {
  readonly name: string;
  slots: number;
  readonly cpus: number;
  /** Over its slots. */
  meanScore: number;
  leastScore: number;
}

function allLanes(hosts: readonly Host[], busyRatio: number): Lanes {
  if (hosts.length === 0) return { count: 0, meanScore: usualScore, leastScore: usualScore };
  const counts = hosts.map((host) => lanesOf(host, busyRatio));
  const count = counts.reduce((total, one) => total + one, 0);
  const sum = hosts.reduce((total, { meanScore }, place) => total + meanScore * (counts[place] ?? 0), 0);
  return { count, meanScore: sum / count, leastScore: Math.min(...hosts.map(({ leastScore }) => leastScore)) };
}

/** More functions at a time than processors help only where the processor is idle in between. */
function lanesOf({ slots, cpus }: Host, busyRatio: number): number {
  return Math.max(1, Math.min(slots, Math.floor(cpus / Math.max(busyRatio, 0.01))));
}

function hostsOf(workers: readonly Member[]): Host[] {
  const hosts = new Map<string, Host>();
  for (const { description, id } of workers) {
    const name = typeof description["host"] === "string" ? description["host"] : id;
    const slots = numberOr(description["slots"], 1);
    const score = scoreIn(description);
    const host = hosts.get(name) ?? newHost(name, numberOr(description["cpus"], 1), score);
    host.slots += slots;
    host.meanScore += (score - host.meanScore) * (slots / host.slots);
    host.leastScore = Math.min(host.leastScore, score);
    hosts.set(name, host);
  }
  return [...hosts.values()];
}

function newHost(name: string, cpus: number, score: number): Host {
  return { name, cpus, slots: 0, meanScore: score, leastScore: score };
}

function scoreIn(description: Member["description"]): number {
  return numberOr(description["score"], usualScore);
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" && value > 0 ? value : otherwise;
}
