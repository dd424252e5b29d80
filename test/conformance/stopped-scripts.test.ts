/**
 * Scripts that stop midway: each is stopped after its first write, its second, and so on. What that leaves is repaired by sweeping, and
 * every request that is waited for is answered.
 */
import { randomUUID } from "node:crypto";
import { systemClock } from "@callgrid/core";
import { type PoolKeeper, parseRedisUrl } from "@callgrid/statekeeper";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { makeConnection } from "../../packages/statekeeper/src/redis/links/connection.ts";
import { RedisPool } from "../../packages/statekeeper/src/redis/redis-pool.ts";
import { ScriptRunner } from "../../packages/statekeeper/src/redis/scripts/script-runner.ts";
import { readScript, type ScriptName } from "../../packages/statekeeper/src/redis/scripts/scripts.ts";
import { poolPrefix } from "../../packages/statekeeper/src/redis/wire/keys.ts";
import { RedisDumper } from "./redis-dump.ts";
import { idOf, joinWorker, lapse, longLeaseMs, payloadOf, submitByClient, submitByWorker } from "./stage.ts";

const grid = randomUUID();
const functions = { work: "v1", other: "v1" };
const mostRounds = 10;
/** More than any script writes here. */
const mostWrites = 60;

let redis: Redis;
let dumper: RedisDumper;

beforeAll(async () => {
  redis = makeConnection(parseRedisUrl(inject("smallRedisUrl")), { name: "commands", key: "" });
  await redis.connect();
  dumper = new RedisDumper(inject("smallRedisUrl"));
});

afterAll(async () => {
  redis.disconnect();
  await dumper.close();
});

/** Stops one script after so many writes; all others run as ever. */
class StoppingRunner extends ScriptRunner {
  stop: { readonly script: ScriptName; readonly writes: number } | undefined;

  constructor() {
    super(redis, systemClock, { warn: () => undefined, info: () => undefined });
  }

  override run(script: ScriptName, prefix: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    if (script !== this.stop?.script) return super.run(script, prefix, args);
    return redis.eval(stopping(readScript(script), this.stop.writes), 1, prefix, ...args);
  }
}

function stopping(lua: string, writes: number): string {
  return `local server, writesLeft = redis, ${writes}
local redis = { sha1hex = server.sha1hex, pcall = server.pcall }
function redis.call(command, ...)
  local reply = server.call(command, ...)
  if string.find(' DEL HDEL HINCRBY HSET HSETNX INCR INCRBY LTRIM PEXPIRE RPUSH SADD SET SETRANGE SREM ZADD ZREM ', ' ' .. command .. ' ', 1, true) then
    writesLeft = writesLeft - 1
    if writesLeft == 0 then error('stopped') end
  end
  return reply
end
${lua}`;
}

interface Scenario {
  readonly what: string;
  readonly script: ScriptName;
  readonly before?: (pool: PoolKeeper) => Promise<unknown>;
  readonly act: (pool: PoolKeeper) => Promise<unknown>;
  /** What the client `c1` waits for. */
  readonly wanted: readonly string[];
  /** Who has died, and is forgotten in the end. */
  readonly dead?: string;
}

const large = `${payloadOf("l").slice(0, -2)}${"x".repeat(70_000)}"]`;

async function claim(
  pool: PoolKeeper,
  worker: string,
  more: { max?: number; skips?: string[]; volunteerFor?: number } = {},
) {
  const { epoch } = await pool.functions();
  const standard = { max: 100, budgetMicros: 1e18, reach: "roots" as const, volunteerFor: 0, skips: [] };
  return pool.claim({ worker, epoch, ...standard, ...more });
}

const complete = (pool: PoolKeeper, worker: string, ids: readonly string[]): Promise<readonly string[]> =>
  pool.complete(
    worker,
    ids.map((id) => ({ id, outcome: "=1" as const, ttlMs: longLeaseMs, stamp: "v1#0" })),
    [{ functionName: "work", evaluations: 1, failures: 0, selfMicros: 1, expectedMicros: 1 }],
  );

const queued = (pool: PoolKeeper) => submitByClient(pool, "c1", "a", "b", "c");
const held = async (pool: PoolKeeper) => {
  await queued(pool);
  await claim(pool, "w1", { max: 2 });
  await submitByWorker(pool, "w1", "d");
};
const lapsed = async (pool: PoolKeeper) => {
  await held(pool);
  await lapse(pool, "w1");
};
const abc = ["a", "b", "c"];

const scenarios: readonly Scenario[] = [
  { what: "a submission is queued", script: "submit", act: queued, wanted: abc },
  {
    what: "a large request is submitted",
    script: "submit",
    act: (pool) =>
      pool.submit({
        process: "c1",
        leaseMs: longLeaseMs,
        queueLimit: 0,
        submissions: [{ id: idOf("l"), payload: large }],
      }),
    wanted: [],
  },
  {
    what: "a submission meets a volunteer",
    script: "submit",
    before: (pool) => claim(pool, "w1", { volunteerFor: 2 }),
    act: queued,
    wanted: abc,
  },
  {
    what: "a submission joins what is queued",
    script: "submit",
    before: queued,
    act: (pool) => submitByClient(pool, "c2", "a", "b"),
    wanted: abc,
  },
  {
    what: "a worker submits to its own queue",
    script: "submit",
    before: queued,
    act: (pool) => submitByWorker(pool, "w1", "a", "d"),
    wanted: abc,
  },
  { what: "a worker claims", script: "claim", before: queued, act: (pool) => claim(pool, "w1"), wanted: abc },
  { what: "a worker volunteers", script: "claim", act: (pool) => claim(pool, "w1", { volunteerFor: 1 }), wanted: [] },
  {
    what: "a worker passes its own queue over",
    script: "claim",
    before: held,
    act: (pool) => claim(pool, "w1", { skips: ["work"] }),
    wanted: abc,
  },
  {
    what: "a worker completes",
    script: "complete",
    before: held,
    act: (pool) => complete(pool, "w1", [idOf("a"), idOf("b")]),
    wanted: abc,
  },
  {
    what: "another worker completes",
    script: "complete",
    before: held,
    act: (pool) => complete(pool, "w2", [idOf("a"), idOf("c")]),
    wanted: abc,
  },
  {
    what: "a worker releases",
    script: "release",
    before: held,
    act: (pool) => pool.release("w1", [idOf("a"), idOf("b")]),
    wanted: abc,
  },
  { what: "a worker leaves", script: "leave", before: held, act: (pool) => pool.leave("w1"), wanted: abc },
  {
    what: "a worker is known to have died",
    script: "leave",
    before: held,
    act: (pool) => pool.reportDeath("w1", {}, 3),
    wanted: abc,
  },
  {
    what: "a sweep retires a worker",
    script: "sweep",
    before: lapsed,
    act: (pool) => pool.sweep({ process: "d1", headLeaseMs: longLeaseMs, maxAttempts: 3, limit: 100 }),
    wanted: abc,
  },
  {
    what: "a sweep forgets a client",
    script: "sweep",
    before: async (pool) => {
      await queued(pool);
      await submitByClient(pool, "c3", "a");
      await claim(pool, "w1", { max: 1 });
      await complete(pool, "w1", [idOf("a")]);
      await lapse(pool, "c3");
    },
    act: (pool) => pool.sweep({ process: "d1", headLeaseMs: longLeaseMs, maxAttempts: 3, limit: 100 }),
    wanted: ["b", "c"],
    dead: "c3",
  },
  {
    what: "a sweep retires a volunteer",
    script: "sweep",
    before: async (pool) => {
      await joinWorker(pool, "w3", functions);
      await claim(pool, "w3", { volunteerFor: 1 });
      await lapse(pool, "w3");
    },
    act: (pool) => pool.sweep({ process: "d1", headLeaseMs: longLeaseMs, maxAttempts: 3, limit: 100 }),
    wanted: [],
    dead: "w3",
  },
  {
    what: "a worker joins, and dies",
    script: "join",
    act: (pool) =>
      pool.join({ id: "w3", kind: "worker", leaseMs: -1, description: {}, functions: new Map([["work", "v1"]]) }),
    wanted: [],
    dead: "w3",
  },
  {
    what: "a waiter leaves",
    script: "withdraw",
    before: held,
    act: (pool) => pool.withdraw("c1", ["a", "c"].map(idOf)),
    wanted: ["b"],
  },
  {
    what: "another waiter checks",
    script: "check",
    before: queued,
    act: (pool) => pool.check("c2", longLeaseMs, abc.map(idOf)),
    wanted: abc,
  },
  {
    what: "a worker reconciles what no process waits for",
    script: "reconcile",
    before: async (pool) => {
      await held(pool);
      await pool.leave("c1");
    },
    act: (pool) => pool.reconcile("w1", [idOf("a")]),
    wanted: [],
  },
  {
    what: "a worker marks",
    script: "mark",
    before: held,
    act: (pool) => pool.mark("w1", [{ id: idOf("a"), waitsFor: [idOf("d")] }], []),
    wanted: abc,
  },
  {
    what: "a bridge recalls",
    script: "recall",
    before: async (pool) => {
      await queued(pool);
      const submissions = ["a", "d"].map((name) => ({ id: idOf(name), payload: payloadOf(name) }));
      await pool.submit({ process: "b1", leaseMs: longLeaseMs, queueLimit: 0, isGuest: true, submissions });
    },
    act: (pool) => pool.recall({ process: "b1", limit: 9, skips: [] }),
    wanted: abc,
  },
  {
    what: "a worker joins again with another version",
    script: "join",
    before: held,
    act: (pool) => joinWorker(pool, "w1", { work: "v2" }),
    wanted: abc,
  },
  {
    what: "a function is forgotten",
    script: "forget",
    before: held,
    act: (pool) => pool.forget({ functionName: "work" }),
    wanted: abc,
  },
];

it.each(scenarios)("$what: wherever that stops, everything is answered and nothing is left", async (scenario) => {
  let stops = 0;
  while (stops < mostWrites && (await runStopped(scenario, stops + 1))) stops += 1;
  expect(stops).toBeGreaterThan(0);
  expect(stops).toBeLessThan(mostWrites);
});

it("a caller whose submission stopped is drawn from when it submits again, without an audit", async () => {
  let stops = 0;
  for (let isStopped = true; isStopped && stops < mostWrites; stops += isStopped ? 1 : 0) {
    const { pool, stopAt } = await makePool(randomUUID());
    isStopped = await stopAt("submit", stops + 1, () => queued(pool));
    await submitByClient(pool, "c1", "d");
    const { claims } = await claim(pool, "w1");
    expect(
      claims.map(({ id }) => id),
      `stopped after ${stops + 1} writes`,
    ).toContain(idOf("d"));
  }
  expect(stops).toBeGreaterThan(2);
});

/** A pool of two workers, one of whose scripts can be stopped. */
async function makePool(name: string) {
  const prefix = poolPrefix(grid, name);
  const runner = new StoppingRunner();
  const openInbox = () => ({ close: async () => undefined });
  const log = { warn: () => undefined, info: () => undefined };
  const unasked = { onJoin: async () => undefined, measureResults: async () => ({ results: 0, bytes: 0 }) };
  const pool = new RedisPool({ pool: name, prefix, runner, openInbox, log, ...unasked });
  for (const worker of ["w1", "w2"]) await joinWorker(pool, worker, functions);
  /** Returns whether the script was stopped: it may have fewer writes than that. */
  const stopAt = async (script: ScriptName, writes: number, act: () => Promise<unknown>): Promise<boolean> => {
    runner.stop = { script, writes };
    const isStopped = await act().then(
      () => false,
      (error: unknown) => String(error).includes("stopped") || Promise.reject(error),
    );
    runner.stop = undefined;
    return isStopped;
  };
  return { pool, prefix, stopAt };
}

/** Returns whether the script was stopped. */
async function runStopped({ script, before, act, wanted, dead = "" }: Scenario, writes: number): Promise<boolean> {
  const name = randomUUID();
  const { pool, prefix, stopAt } = await makePool(name);
  await before?.(pool);
  const isStopped = await stopAt(script, writes, () => act(pool));
  expect(await staleEntries(prefix), `queued after ${writes} writes, and claimed or gone`).toEqual([]);
  await finish(pool, prefix, wanted);
  const what = `stopped after ${writes} writes`;
  const dump = await dumper.dump(grid, name).catch((error: unknown) => expect.fail(`${what}: ${String(error)}`));
  const { requests, queue, callerQueues, ownQueues, running, holders } = dump;
  expect({ what, requests, queue, callerQueues, ownQueues, running, holders }).toEqual({
    ...{ what, requests: {}, queue: [], callerQueues: {}, ownQueues: {}, running: {} },
    holders: { "other v1": 2, "work v1": 2 },
  });
  for (const [where, processes] of Object.entries({
    ...{ members: Object.keys(dump.members), leases: Object.keys(dump.leases), inboxes: Object.keys(dump.inboxes) },
    volunteers: dump.volunteers.map(({ worker }) => worker),
  }))
    expect(processes, `${what}: ${where}`).not.toContain(dead);
  for (const left of ["claims", "notes"]) expect(await redis.exists(`${prefix}${left}`), `${what}: ${left}`).toBe(0);
  await dumper.remove(grid, name);
  return isStopped;
}

/** What lies on a queue and cannot be claimed there. */
async function staleEntries(prefix: string): Promise<string[]> {
  const [known, claimed] = [await redis.hkeys(`${prefix}requests`), await redis.hkeys(`${prefix}claims`)];
  const queues = (await redis.keys(`${prefix}*`)).filter((key) =>
    /^(queue|queue-of-pool|caller)(:|$)/.test(key.slice(prefix.length)),
  );
  const queued = await Promise.all(queues.map((queue) => redis.zrange(queue, 0, "-1")));
  return queued.flat().filter((id) => !known.includes(id) || claimed.includes(id));
}

/** What all processes do, in the long run: distributors sweep, workers join, compare notes and work, clients check and ask again. */
async function finish(pool: PoolKeeper, prefix: string, wanted: readonly string[]): Promise<void> {
  const ids = wanted.map(idOf);
  for (let round = 0; round < mostRounds; round += 1) {
    // the counts are compared every few seconds
    await redis.del(`${prefix}audit`);
    await pool.sweep({ process: "d1", headLeaseMs: longLeaseMs, maxAttempts: 3, limit: 100 });
    for (const worker of ["w1", "w2"]) {
      await joinWorker(pool, worker, functions);
      const { claims: again } = await pool.reconcile(worker, []);
      const { claims } = await claim(pool, worker);
      await complete(
        pool,
        worker,
        [...again, ...claims].map(({ id }) => id),
      );
    }
    const answers = await pool.check("c1", longLeaseMs, ids);
    const unknown = wanted.filter((_, i) => answers[i]?.kind === "unknown");
    if (unknown.length > 0) await submitByClient(pool, "c1", ...unknown);
    if (round > 1 && answers.every(({ kind }) => kind === "outcome")) return;
  }
  expect.fail("not everything was answered");
}
