/**
 * Lists of any length on Redis and in memory: Lua unpacks 8,000 values at most, scripts hand Redis a few thousand at a time, and a
 * call of JavaScript takes as many arguments as its stack has room for. Sizes are drawn from around those bounds, and replies and
 * whole state are compared after each operation, as model.test.ts does for short lists.
 */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { MemoryStatekeeper, openStatekeeper, type PoolKeeper, type Statekeeper } from "@callgrid/statekeeper";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { propertyRuns } from "../harness/chance.ts";
import { RedisDumper } from "./redis-dump.ts";
import { idOf, joinWorker, longLeaseMs, payloadOf, setMemoryStage, setRedisStage } from "./stage.ts";

const longestTestMs = 600_000;
const aroundBounds = [2_000, 4_000, 8_000, 16_000].flatMap((bound) => [bound - 1, bound, bound + 1]);
/** More than V8 takes as arguments of one call. */
const moreThanArguments = 130_000;
const calledAtATime = 5_000;

type Operate = (pool: PoolKeeper, ids: readonly string[]) => Promise<unknown>;

const plain = { queueLimit: 0, leaseMs: 0 };

const operations: Readonly<Record<string, Operate>> = {
  ask: (pool, ids) =>
    pool.submit({ ...plain, process: "c1", leaseMs: longLeaseMs, submissions: ids.map(submissionOf) }),
  call: (pool, ids) => pool.submit({ ...plain, process: "w1", worker: "w1", submissions: ids.map(submissionOf) }),
  hold: (pool, ids) =>
    pool.submit({
      ...plain,
      process: "w1",
      worker: "w1",
      submissions: ids.map((id) => ({ ...submissionOf(id), isHeld: true })),
    }),
  claim: async (pool, ids) => {
    const { epoch } = await pool.functions();
    const limits = { max: ids.length, budgetMicros: Number.POSITIVE_INFINITY, volunteerFor: 0 };
    const { claims } = await pool.claim({ worker: "w2", epoch, ...limits, skips: [], reach: "roots" });
    return claims.map(({ id }) => id);
  },
  carry: async (pool, ids) => {
    const { epoch } = await pool.functions();
    const limits = { max: ids.length, budgetMicros: Number.POSITIVE_INFINITY, volunteerFor: 0 };
    const bridging = { reach: "last" as const } as const;
    return (await pool.claim({ worker: "w2", epoch, ...limits, skips: [], ...bridging })).claims.map(({ id }) => id);
  },
  askAsGuests: (pool, ids) =>
    pool.submit({ ...plain, process: "w2", isGuest: true, submissions: ids.map(submissionOf) }),
  recall: (pool, ids) => pool.recall({ process: "w2", limit: ids.length, skips: [] }),
  release: (pool, ids) => pool.release("w1", ids),
  releaseCarried: (pool, ids) => pool.release("w2", ids),
  suspend: (pool, ids) =>
    pool.mark(
      "w1",
      ids.map((id) => ({ id, waitsFor: ids.slice(0, 3) })),
      [],
    ),
  waitForAll: (pool, ids) => pool.mark("w1", [{ id: ids[0] ?? "", waitsFor: ids }], []),
  resume: (pool, ids) => pool.mark("w1", [], ids),
  followWaits: (pool, ids) => pool.followWaits(ids, ids.length),
  complete: (pool, ids) =>
    pool.complete(
      "w1",
      ids.map((id) => ({ id, outcome: "=1", ttlMs: longLeaseMs, stamp: "v1#0" })),
      [],
    ),
  withdraw: (pool, ids) => pool.withdraw("c1", ids),
  withdrawCalls: (pool, ids) => pool.withdraw("w1", ids),
  check: (pool, ids) => pool.check("c2", longLeaseMs, ids),
  reconcile: async (pool, ids) => {
    const { claims, abandoned } = await pool.reconcile("w1", ids);
    return { claims: claims.map(({ id }) => id), abandoned };
  },
  locate: (pool, ids) => pool.locate(ids),
  survey: async (pool, ids) => (await pool.survey({ requests: ids.length, members: 100 })).waiting.length,
  leave: (pool) => pool.leave("w1"),
  reportDeath: (pool) => pool.reportDeath("w1", { exitCode: 1 }, 2),
  lapse: async (pool, ids) => {
    await pool.renew("w1", -longLeaseMs);
    return pool.sweep({ process: "w2", headLeaseMs: longLeaseMs, maxAttempts: 2, limit: ids.length });
  },
};

const grid = randomUUID();
let redis: Statekeeper;
let dumper: RedisDumper;

beforeAll(async () => {
  redis = await openStatekeeper(inject("smallRedisUrl"), { grid });
  dumper = new RedisDumper(inject("smallRedisUrl"));
});

afterAll(async () => {
  await redis.close();
  await dumper.close();
});

it("operations on lists of any length do the same on Redis and in memory", { timeout: longestTestMs }, async () => {
  const begun = fc.constantFrom("ask", "call", "hold");
  const rest = fc.array(fc.constantFrom(...Object.keys(operations)), { minLength: 2, maxLength: 5 });
  await fc.assert(fc.asyncProperty(fc.constantFrom(...aroundBounds), begun, rest, expectEqualRuns), {
    numRuns: propertyRuns(3),
  });
});

async function expectEqualRuns(size: number, first: string, rest: readonly string[]): Promise<void> {
  const name = randomUUID();
  const memory = new MemoryStatekeeper({ grid }).pool(name);
  const onRedis = redis.pool(name);
  const ids = Array.from({ length: size }, (_, place) => idOf(`${place}`));
  for (const pool of [memory, onRedis])
    for (const worker of ["w1", "w2"]) await joinWorker(pool, worker, { work: "v1" });
  for (const operation of [first, ...rest]) {
    const expected = await operations[operation]?.(memory, ids);
    expect(await operations[operation]?.(onRedis, ids), `reply of Redis to ${operation}`).toEqual(expected);
    const difference = differenceBetween(await dumper.dump(grid, name), memory.dump());
    if (difference !== undefined) expect.fail(`after ${operation}, on Redis and in memory: ${difference}`);
  }
  await dumper.remove(grid, name);
}

it.each([
  ["in memory", setMemoryStage],
  ["on Redis", setRedisStage],
])("a member leaves on whose queue is more than a call takes as arguments, %s", async (_, setStage) => {
  const { pool } = await setStage();
  await joinWorker(pool, "w1", { work: "v1" });
  const ids = Array.from({ length: moreThanArguments }, (_, place) => idOf(`${place}`));
  for (let first = 0; first < ids.length; first += calledAtATime)
    await operations["call"]?.(pool, ids.slice(first, first + calledAtATime));
  await joinWorker(pool, "w2", { work: "v1" });
  await pool.leave("w1");
  expect((await pool.inspect()).queued).toBe(ids.length);
  expect(await pool.locate(ids)).toEqual(ids.map(() => "queued"));
});

/** A difference between lists of thousands says more than a whole state that is printed. */
function differenceBetween(one: object, other: object, path = "state"): string | undefined {
  const ones: Readonly<Record<string, unknown>> = { ...one };
  const others: Readonly<Record<string, unknown>> = { ...other };
  for (const key of new Set([...Object.keys(ones), ...Object.keys(others)])) {
    const [here, there] = [ones[key], others[key]];
    if (isDeepStrictEqual(here, there)) continue;
    if (isObject(here) && isObject(there)) return differenceBetween(here, there, `${path}.${key}`);
    return `${path}.${key}: ${JSON.stringify(here)} and ${JSON.stringify(there)}`;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function submissionOf(id: string): { id: string; payload: string } {
  return { id, payload: payloadOf(id) };
}
