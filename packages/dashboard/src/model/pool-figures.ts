/** A pool's state as figures: what `status` says, with the rates that follow from an earlier sight. Pure. */
import { isBridge, isOwnWorker, type MemberState, type PoolState } from "@callgrid/statekeeper";
import type {
  ExpectedFigures,
  FunctionFigures,
  HostFigures,
  MemberFigures,
  PoolDocument,
  PoolFigures,
  Rates,
} from "./documents.ts";

/** A pool as it was at one time. */
export interface PoolSight {
  readonly atMs: number;
  readonly state: PoolState;
}

const evaluationsOf = "evaluated:";
const msPerSecond = 1_000;

/** The whole pool, apart from why nothing moves. */
export function poolDocument(now: PoolSight, before: PoolSight | undefined, reasons: readonly string[]): PoolDocument {
  const { state, atMs } = now;
  const shares = new Map(Object.entries(state.capacity?.shares ?? {}));
  return {
    atMs,
    figures: poolFigures(now, before, reasons),
    members: Object.fromEntries(state.members.map((member) => [member.id, memberFigures(member, state.head)])),
    hosts: Object.fromEntries(
      state.hosts.map((host): [string, HostFigures] => {
        const { id, score, minWorkers, maxWorkers, description, leaseLeftMs } = host;
        const share = shares.get(id);
        const known = share === undefined ? {} : { share };
        return [
          id,
          { machine: textOf(description["host"]), score, minWorkers, maxWorkers, isAlive: leaseLeftMs > 0, ...known },
        ];
      }),
    ),
    functions: functionFigures(now, before),
    expected: Object.fromEntries(
      state.expected.map(({ id, workMs, withinMs }): [string, ExpectedFigures] => [id, { workMs, withinMs }]),
    ),
  };
}

function poolFigures(now: PoolSight, before: PoolSight | undefined, reasons: readonly string[]): PoolFigures {
  const { pool, queued, members, clients, hosts, capacity, head, counters } = now.state;
  const workers = members.filter((member) => isOwnWorker(member) && member.leaseLeftMs > 0);
  const slots = sumOf(workers, ({ description }) => numberOf(description["slots"], 1));
  const rates = ratesBetween(now, before);
  const ownQueued = sumOf(members, (member) => member.queued);
  const backlogMs = backlogOf(now.state, queued + ownQueued, slots);
  return {
    ...{ pool, queued, ownQueued, clients, slots, reasons },
    running: sumOf(members, (member) => member.running),
    workers: workers.length,
    idleWorkers: workers.filter(({ isVolunteer }) => isVolunteer).length,
    distributors: members.filter(({ kind, leaseLeftMs }) => kind === "distributor" && leaseLeftMs > 0).length,
    hosts: hosts.length,
    totals: Object.fromEntries(Object.entries(counters).filter(([name]) => !name.includes(":"))),
    ...(capacity === undefined ? {} : { desiredWorkers: capacity.desiredWorkers }),
    ...(head === undefined ? {} : { head }),
    ...(backlogMs === undefined ? {} : { backlogMs }),
    ...(rates === undefined ? {} : { rates }),
  };
}

function memberFigures(member: MemberState, head: string | undefined): MemberFigures {
  const { id, kind, description, queued, running, isVolunteer, leaseLeftMs } = member;
  return {
    kind: isBridge({ description }) ? "bridge" : kind,
    host: textOf(description["host"]),
    processId: textOf(description["processId"]),
    slots: numberOf(description["slots"], 1),
    score: numberOf(description["score"], 1),
    tags: Array.isArray(description["tags"]) ? description["tags"].map(String) : [],
    queued,
    running,
    isIdle: isVolunteer,
    isAlive: leaseLeftMs > 0,
    isHead: id === head,
  };
}

function functionFigures(now: PoolSight, before: PoolSight | undefined): Record<string, FunctionFigures> {
  const known = [...now.state.functions.functions].map(([name, { version, selfMicros, isUnheld }]) => {
    const evaluated = now.state.counters[evaluationsOf + name] ?? 0;
    const rate = rateOf(evaluationsOf + name, now, before);
    const figures: FunctionFigures = {
      ...{ version, evaluated, isUnheld: isUnheld === true },
      ...(rate === undefined ? {} : { rate }),
      ...(selfMicros === undefined ? {} : { selfMs: selfMicros / 1_000 }),
    };
    return [name, figures] as const;
  });
  return Object.fromEntries(known);
}

function ratesBetween(now: PoolSight, before: PoolSight | undefined): Rates | undefined {
  const submitted = rateOf("submitted", now, before);
  if (submitted === undefined) return undefined;
  const hits = rateOf("hits", now, before) ?? 0;
  return {
    submitted,
    evaluated: rateOf("evaluated", now, before) ?? 0,
    failed: rateOf("failed", now, before) ?? 0,
    ...(submitted > 0 ? { hitRatio: Math.min(1, hits / submitted) } : {}),
  };
}

/** Undefined without an earlier sight. A counter that has shrunk began again with its pool. */
function rateOf(counter: string, now: PoolSight, before: PoolSight | undefined): number | undefined {
  if (before === undefined || now.atMs <= before.atMs) return undefined;
  const grown = (now.state.counters[counter] ?? 0) - (before.state.counters[counter] ?? 0);
  return (Math.max(0, grown) * msPerSecond) / (now.atMs - before.atMs);
}

/** By the mean self time of all evaluations so far; undefined where none was measured, or no worker is there. */
function backlogOf({ functions, counters }: PoolState, waiting: number, slots: number): number | undefined {
  if (waiting === 0) return 0;
  let [evaluations, micros] = [0, 0];
  for (const [name, { selfMicros }] of functions.functions) {
    const count = counters[evaluationsOf + name] ?? 0;
    if (selfMicros === undefined) continue;
    evaluations += count;
    micros += count * selfMicros;
  }
  return evaluations === 0 || slots === 0 ? undefined : (waiting * micros) / evaluations / slots / 1_000;
}

function sumOf<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}
