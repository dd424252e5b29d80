/**
 * A load for a small tree of pools: what is asked for, where and when, and what it takes at best. Small enough to be made by the hundred,
 * to show how well a tree shares its work and how often it evaluates something twice.
 */
import { Random } from "../simulation/random.ts";
import type { PlannedPool } from "./forest.ts";

/**
 * `fanOut`: one request calls all others; `nested`: requests call ten that call ten more; `uneven`: some take ten times as long as others;
 * `bursty`: they come in bursts, at one leaf after the other, at 70 % of what the workers can do.
 */
export type LoadShape = "flat" | "fanOut" | "nested" | "uneven" | "bursty";

export interface TreeLoad {
  readonly shape: LoadShape;
  /** What one request calculates for by itself; of uneven ones about the mean. */
  readonly requestMs: number;
  readonly requests: number;
  /** How many pools have workers: one by itself, or leaves under a root that has none. */
  readonly pools: number;
  readonly workersPerPool: number;
  /** How many pools are between the root and its leaves. */
  readonly branches: number;
  /** `both`: half of it in the first leaf, and half at the root. */
  readonly askedAt: "leaf" | "root" | "both";
}

/** A request with all that it calls. */
export interface LoadCall {
  readonly number: number;
  readonly forMs: number;
  readonly calls: readonly LoadCall[];
}

/** A request that a caller asks for. */
export interface AskedCall {
  readonly pool: string;
  readonly atMs: number;
  readonly call: LoadCall;
}

const childrenPerCall = 10;
const burstSize = 12;
const burstLoad = 0.7;

/** The pools, parents first. */
export function poolsOf({ pools, workersPerPool: workers, branches }: TreeLoad): readonly PlannedPool[] {
  const root = { name: "root", level: "root", parent: undefined } as const;
  if (pools === 1) return [{ ...root, workers }];
  const between = Array.from({ length: branches }, (_, i): PlannedPool => {
    return { name: `branch-${i}`, level: "branch", parent: "root", workers: 0 };
  });
  const leaves = Array.from({ length: pools }, (_, i): PlannedPool => {
    const parent = branches === 0 ? "root" : `branch-${i % branches}`;
    return { name: `leaf-${i}`, level: "leaf", parent, workers };
  });
  return [{ ...root, workers: 0 }, ...between, ...leaves];
}

/** Everything that is asked for, in the order of its time. */
export function callsOf(load: TreeLoad): readonly AskedCall[] {
  const { shape, requests, pools, workersPerPool, requestMs, askedAt } = load;
  const burstMs = (burstSize * requestMs) / (pools * workersPerPool * burstLoad);
  return rootsOf(load, callMaker(load)).map((call, i) => {
    const burst = shape === "bursty" ? Math.floor(i / burstSize) : 0;
    const isAtRoot = pools === 1 || askedAt === "root" || (askedAt === "both" && i >= requests / 2);
    return { call, atMs: burst * burstMs, pool: isAtRoot ? "root" : `leaf-${burst % pools}` };
  });
}

type MakeCall = (calls?: readonly LoadCall[]) => LoadCall;

function callMaker({ shape, requestMs }: TreeLoad): MakeCall {
  const random = new Random("load");
  let made = 0;
  return (calls = []) => {
    const forMs = shape === "uneven" ? requestMs * random.logarithmic(0.2, 2) : requestMs;
    made += 1;
    return { number: made - 1, forMs, calls };
  };
}

/** Of nested ones as many whole trees as are needed for so many requests. */
function rootsOf({ shape, requests }: TreeLoad, make: MakeCall): LoadCall[] {
  const many = (count: number): LoadCall[] => Array.from({ length: count }, () => make());
  if (shape === "fanOut") return [make(many(requests - 1))];
  if (shape !== "nested") return many(requests);
  const perTree = 1 + childrenPerCall * (1 + childrenPerCall);
  return Array.from({ length: Math.ceil(requests / perTree) }, () =>
    make(Array.from({ length: childrenPerCall }, () => make(many(childrenPerCall)))),
  );
}

/** How many requests these are, with all that they call. */
export function countCalls(calls: readonly LoadCall[]): number {
  return calls.reduce((sum, call) => sum + 1 + countCalls(call.calls), 0);
}

/**
 * How long it takes where nothing is lost: one queue for all workers and no way to go, so that the worker that is free first starts what has
 * waited longest. A request is whole: 256 of them on ten workers take as long as 260.
 */
export function idealMs(asked: readonly AskedCall[], workers: number): number {
  const ready = asked.map(({ atMs, call }) => ({ atMs, call }));
  const freeAtMs = Array.from({ length: workers }, () => 0);
  let endMs = 0;
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    const first = freeAtMs.indexOf(Math.min(...freeAtMs));
    const doneMs = Math.max(freeAtMs[first] ?? 0, next.atMs) + next.call.forMs;
    freeAtMs[first] = doneMs;
    endMs = Math.max(endMs, doneMs);
    const place = ready.findIndex(({ atMs }) => atMs > doneMs);
    const called = next.call.calls.map((call) => ({ atMs: doneMs, call }));
    ready.splice(place === -1 ? ready.length : place, 0, ...called);
  }
  return endMs;
}
