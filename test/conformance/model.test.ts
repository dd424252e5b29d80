/**
 * The statekeeper on Redis against its model, the one in memory: both run the same random operations, and reply and whole state
 * are compared after each. A failure prints seed and path: `CALLGRID_PROPERTY_SEED` and `CALLGRID_PROPERTY_PATH` show it again.
 */
import { randomUUID } from "node:crypto";
import { type Limits, MemoryStatekeeper, openStatekeeper, type Statekeeper, usualLimits } from "@callgrid/statekeeper";
import fc from "fast-check";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { propertyRuns } from "../harness/chance.ts";
import { type Operation, opening, operation, run } from "./operations.ts";
import { RedisDumper } from "./redis-dump.ts";

const sequences = propertyRuns(120);
const operationsPerSequence = 40;
const mostMsPerSequence = 1_000;
const grid = randomUUID();

/** The usual ones, and such as a few requests meet. What is drawn at random on Redis alone stays as large as it is. */
const allLimits: readonly Limits[] = [
  usualLimits,
  { ...usualLimits, passedPerQueue: 1, passedPerLine: 1, callersPerLine: 1, lapsedPerSweep: 1 },
  { ...usualLimits, passedPerQueue: 2, passedPerLine: 3, callersPerLine: 2, lapsedPerSweep: 2 },
];

let redis: ReadonlyMap<Limits, Statekeeper>;
let dumper: RedisDumper;

beforeAll(async () => {
  const open = (limits: Limits) => openStatekeeper(inject("smallRedisUrl"), { grid, limits });
  redis = new Map(await Promise.all(allLimits.map(async (limits) => [limits, await open(limits)] as const)));
  dumper = new RedisDumper(inject("smallRedisUrl"));
});

afterAll(async () => {
  for (const keeper of redis.values()) await keeper.close();
  await dumper.close();
});

it("a random sequence of operations gets the same replies and the same state on Redis and in memory", {
  timeout: 120_000 + sequences * mostMsPerSequence,
}, async () => {
  const begun = fc.constantFrom(opening, opening, opening, []);
  const rest = fc.array(operation, { minLength: 1, maxLength: operationsPerSequence, size: "max" });
  const sequence = fc.tuple(begun, rest).map(([first, then]) => [...first, ...then]);
  await fc.assert(fc.asyncProperty(fc.constantFrom(...allLimits), sequence, expectEqualRuns), {
    numRuns: sequences,
  });
});

async function expectEqualRuns(limits: Limits, sequence: readonly Operation[]): Promise<void> {
  const name = randomUUID();
  const memory = new MemoryStatekeeper({ grid, limits }).pool(name);
  const onRedis = redis.get(limits)?.pool(name);
  if (onRedis === undefined) throw new Error("no statekeeper was opened with these limits");
  let model = memory.dump();
  for (const [step, next] of sequence.entries()) {
    const situation = { step, epoch: model.epoch, running: model.running };
    const expected = await run(memory, next, situation);
    model = memory.dump();
    expect(await run(onRedis, next, situation), described("reply", step, next)).toEqual(expected);
    expect(await dumper.dump(grid, name), described("state", step, next)).toEqual(model);
  }
  await dumper.remove(grid, name);
}

function described(what: string, step: number, next: Operation): string {
  return `${what} of Redis after operation ${step}, ${JSON.stringify(next)}`;
}
