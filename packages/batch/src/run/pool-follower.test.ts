import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { surveyOf } from "../planning/pool-survey.ts";
import type { Objective } from "../spec/batch-spec.ts";
import { type LanesNow, PoolFollower, type PoolFollowerParts } from "./pool-follower.ts";

type State = Awaited<ReturnType<PoolFollowerParts["grid"]["status"]>>;

/** A pool of workers with these scores, each with a host of its own. */
function stateOf(scores: readonly number[], shares: Readonly<Record<string, number>> = {}): State {
  const members = scores.map((score, place) => ({
    ...{ id: `w${place}`, kind: "worker", functions: {}, leaseLeftMs: 1_000 },
    description: { host: `host-${place}`, slots: 1, cpus: 1, score },
  }));
  const capacity = { desiredWorkers: 0, shares, ageMs: 0 };
  return { members, capacity, functions: { epoch: 1, functions: new Map() } } as unknown as State;
}

/** A follower of a pool that begins with one worker; `pool` is what the pool is now, or undefined if nothing answers. */
function setUp(objective: Objective = "fast", units = 1_000) {
  const pool: {
    scores: readonly number[] | undefined;
    units: number | undefined;
    shares: Readonly<Record<string, number>>;
  } = { scores: [1], units, shares: {} };
  const announced: Array<number | undefined> = [];
  const ids = new Set<string | undefined>();
  const changes: LanesNow[] = [];
  const parts: PoolFollowerParts = {
    grid: {
      status: async () =>
        pool.scores === undefined ? Promise.reject(new Error("away")) : stateOf(pool.scores, pool.shares),
      expectWork: async (_, { id, workMs }) => {
        announced.push(workMs);
        ids.add(id);
        return { id: id ?? "", workMs: workMs ?? 0, workers: undefined, unmeasured: [] };
      },
    },
    ...{ pool: "pool", name: "prices", objective },
    leastRestUnits: () => 40,
    rest: () => ({ totalUnits: pool.units, msPerUnit: 50, busyRatio: 1, overheadMs: 1 }),
    onLanes: (now) => changes.push(now),
  };
  const follower = new PoolFollower(parts, surveyOf(stateOf([1])));
  void follower.start();
  return { follower, pool, announced, ids, changes, look: () => vi.advanceTimersByTimeAsync(1_000) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("lanes follow the workers, and two chunks of each are open", async () => {
  const { pool, changes, look, follower } = setUp();
  await look();
  expect(changes).toEqual([]);
  pool.scores = [1, 1, 0.5];
  await look();
  expect(changes).toEqual([{ lanes: 3, slowest: 0.6, window: 6 }]);
  expect([follower.scoreOf("pool/w2"), follower.scoreOf("pool/w9")]).toEqual([0.5, undefined]);
  pool.scores = [1, 1];
  await look();
  expect(changes.at(-1)).toMatchObject({ lanes: 2, window: 4 });
});

it("a pool that does not answer, or has no workers for now, changes nothing", async () => {
  const { pool, changes, look } = setUp();
  for (const scores of [undefined, [], [1]]) {
    pool.scores = scores;
    await look();
  }
  expect(changes).toEqual([]);
});

it("an objective that wants few lanes keeps them", async () => {
  const { pool, changes, look } = setUp("cheap");
  pool.scores = [1, 1, 1];
  await look();
  expect(changes).toEqual([{ lanes: 1, slowest: 1, window: 1 }]);
});

it("what is not cut yet is announced, again as it shrinks, and withdrawn at the end", async () => {
  const { pool, announced, ids, look, follower } = setUp();
  await look();
  pool.units = 400;
  await look();
  await follower.stop();
  await look();
  expect(announced).toEqual([50_000, 50_000, 20_000, 0]);
  expect([...ids]).toEqual([expect.stringMatching(/^prices:/)]);
});

it("what is not cut yet is announced at once, so that hosts need not wait, and not at all by a short run", async () => {
  const [long, short, longer] = [setUp(), setUp("fast", 19), setUp("fast", 19)];
  await vi.advanceTimersByTimeAsync(100);
  await short.follower.stop();
  expect([long.announced, longer.announced]).toEqual([[50_000], []]);
  await vi.advanceTimersByTimeAsync(100);
  expect([short.announced, longer.announced]).toEqual([[], [950]]);
});

it("workers that hosts are about to start are looked for four times a second, others once", async () => {
  const { pool, changes } = setUp();
  await vi.advanceTimersByTimeAsync(100);
  pool.shares = { "host-1": 2, "host-2": 1 };
  await vi.advanceTimersByTimeAsync(1_000);
  const joinOne = async () => {
    pool.scores = [...(pool.scores ?? []), 1];
    await vi.advanceTimersByTimeAsync(250);
    return changes.at(-1)?.lanes;
  };
  expect([await joinOne(), await joinOne()]).toEqual([2, 3]);
  await vi.advanceTimersByTimeAsync(500);
  expect(await joinOne()).toBe(3);
  await vi.advanceTimersByTimeAsync(750);
  expect(changes.at(-1)?.lanes).toBe(4);
});

it("of data without a known end as much is announced as there is at least", async () => {
  const { pool, announced, look, follower } = setUp();
  pool.units = undefined;
  await look();
  await follower.stop();
  expect(announced).toEqual([2_000, 2_000, 0]);
});
