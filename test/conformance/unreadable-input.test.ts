/**
 * What scripts do with text that they cannot read, wherever another process may have put it: they skip it, and other requests
 * finish.
 */
import { randomUUID } from "node:crypto";
import { type InboxMessage, openStatekeeper, type PoolKeeper, type Statekeeper } from "@callgrid/statekeeper";
import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { type Damage, damageTo, inflict } from "../harness/damage.ts";
import { type Operation, opening, operation, run } from "./operations.ts";
import { prefixOf, RedisDumper } from "./redis-dump.ts";
import { idOf, longLeaseMs } from "./stage.ts";

type Step = { damage: Damage } | { next: Operation };

const grid = randomUUID();

let keeper: Statekeeper;
let redis: Redis;
let dumper: RedisDumper;

beforeAll(async () => {
  keeper = await openStatekeeper(inject("smallRedisUrl"), { grid });
  redis = new Redis(inject("smallRedisUrl"));
  dumper = new RedisDumper(inject("smallRedisUrl"));
});

afterAll(async () => {
  redis.disconnect();
  await keeper.close();
  await dumper.close();
});

const anywhere = damageTo({
  ids: ["a", "b", "c", "h"].map(idOf),
  processes: ["w1", "w2", "c1", "h1", "x y", "constructor"],
  volunteers: ["w1", "w2"],
  functionNames: ["add", "box", "toString"],
});
const submissions = [{ name: "a", mode: "use", timeoutMs: 0, isHeld: false, isRich: false, trace: undefined }] as const;
const claimOfNoWorker: ReadonlyArray<Step> = [
  { damage: { key: "claims", kind: "hash", field: idOf("a"), text: "" } },
  { next: { kind: "submitReentrant", data: { process: "w1", priority: 0, submissions } } },
  { next: { kind: "sweep", data: { process: "c1", headLeaseMs: 0, maxAttempts: 1, prefer: [] } } },
];

const step = fc.oneof(
  anywhere.map((damage) => ({ damage })),
  operation.map((next) => ({ next })),
);

it("no script fails of what it cannot read, and another request finishes", async () => {
  const sequence = fc.array(step, { minLength: 1, maxLength: 40, size: "max" });
  await fc.assert(fc.asyncProperty(sequence, expectHealthy), { examples: [[claimOfNoWorker]] });
});

async function expectHealthy(steps: ReadonlyArray<Step>): Promise<void> {
  const name = randomUUID();
  const pool = keeper.pool(name);
  for (const next of opening) await run(pool, next, { step: 0, epoch: 0, running: {} });
  for (const [at, step] of steps.entries()) {
    if ("damage" in step) await inflict(redis, prefixOf(grid, name), step.damage);
    else await run(pool, step.next, { step: at, epoch: await epochOf(pool), running: {} });
  }
  await expectAnswer(pool);
  await dumper.remove(grid, name);
}

async function epochOf(pool: PoolKeeper): Promise<number> {
  return (await pool.functions()).epoch;
}

/** A new worker and a new client, with a request of a function that only they know. */
async function expectAnswer(pool: PoolKeeper): Promise<void> {
  for (const worker of ["w1", "w2", "w3"]) await pool.leave(worker);
  const functions = new Map([["last", "v1"]]);
  await pool.join({ id: "w9", kind: "worker", leaseMs: longLeaseMs, description: {}, functions });
  const asked = { id: idOf("last"), payload: '["last"]' };
  await pool.submit({ process: "c9", leaseMs: longLeaseMs, queueLimit: 0, submissions: [asked] });
  while (!(await claimAll(pool)).includes(asked.id));
  await pool.complete("w9", [{ id: asked.id, outcome: "=1", ttlMs: 0, stamp: "v1#0" }], []);
  expect(await firstOutcome(pool, "c9")).toEqual({ kind: "outcome", id: asked.id, outcome: "=1", stamp: "v1#0" });
  await pool.inspect();
}

async function claimAll(pool: PoolKeeper): Promise<string[]> {
  const limits = { max: 100, budgetMicros: 1e18, volunteerFor: 0 };
  const { claims } = await pool.claim({
    ...{ worker: "w9", epoch: await epochOf(pool), skips: [], reach: "roots" },
    ...limits,
  });
  return claims.map(({ id }) => id);
}

function firstOutcome(pool: PoolKeeper, process: string): Promise<InboxMessage> {
  return new Promise((resolve) => {
    const listener = pool.listen(process, {
      onMessages: (messages) => {
        const outcome = messages.find(({ kind }) => kind === "outcome");
        if (outcome === undefined) return;
        void listener.close();
        resolve(outcome);
      },
      onReconnect: () => undefined,
    });
  });
}
