/**
 * The effect of turns on random mixtures of callers: those that wait get equal work, to within one claim each, whichever came first and
 * however much they ask for. On the model; that Redis does the same is for model.test.ts to say.
 */
import { MemoryStatekeeper, type PoolKeeper } from "@callgrid/statekeeper";
import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "../harness/chance.ts";
import { idOf, joinWorker, longLeaseMs, measure } from "./stage.ts";

const budgetMicros = 4_000;
const spareMicros = 12_000;
const mostPerClaim = 16;
/** Functions of random callers, by what they take. */
const costsMicros = { tiny: 5, small: 1_000, large: 20_000 } as const;
type FunctionName = keyof typeof costsMicros;

async function setPool(): Promise<PoolKeeper> {
  const pool = new MemoryStatekeeper().pool("pool");
  await joinWorker(pool, "w1", { tiny: "v1", small: "v1", large: "v1" });
  for (const [name, micros] of Object.entries(costsMicros)) await measure(pool, name, micros);
  return pool;
}

interface Asked {
  readonly caller: string;
  readonly functionName: FunctionName;
  readonly from?: number;
  readonly count: number;
}

async function ask(pool: PoolKeeper, { caller, functionName, from = 0, count }: Asked): Promise<void> {
  const submissions = Array.from({ length: count }, (_, i) => {
    const name = `${caller}-${from + i}`;
    return { id: idOf(name), payload: JSON.stringify([functionName, name]) };
  });
  await pool.submit({ process: caller, leaseMs: longLeaseMs, queueLimit: 0, submissions });
}

/** The callers of what one claim takes. */
async function claimCallers(pool: PoolKeeper): Promise<string[]> {
  const { claims } = await pool.claim({
    ...{ worker: "w1", max: mostPerClaim, budgetMicros, spareMicros, volunteerFor: 0 },
    ...{ epoch: 1, skips: [], reach: "roots" },
  });
  return claims.map(({ id }) => id.split("-", 1)[0] ?? "");
}

/** The budget with what it may grow by, and the request that exceeds it; or so many requests that count for 1 ms each. */
const mostMs = (budgetMicros + spareMicros) / 1_000;
const mostWorkPerClaim = Math.max(mostMs + costsMicros.large / 1_000, mostPerClaim);

/** What a request counts for, in ms. */
function workMs(functionName: FunctionName): number {
  return Math.max(1, costsMicros[functionName] / 1_000);
}

it("a caller with 100,000 queued requests delays another's ten by one claim", async () => {
  const pool = await setPool();
  await ask(pool, { caller: "many", functionName: "small", count: 100_000 });
  for (let i = 0; i < 100; i += 1) await claimCallers(pool);
  await ask(pool, { caller: "few", functionName: "small", count: 10 });
  const drawn: string[] = [];
  while (drawn.filter((caller) => caller === "few").length < 10) drawn.push(...(await claimCallers(pool)));
  // its own ten, as many of the other's, and the rest of a claim
  expect(drawn.length).toBeLessThanOrEqual(10 + 10 + mostMs);
});

it("callers that wait get equal work, to within a claim of each", async () => {
  const functionName = fc.constantFrom<FunctionName[]>("tiny", "small", "large");
  const callers = fc.array(fc.record({ functionName, startsAt: fc.nat(10) }), { minLength: 2, maxLength: 4 });
  const visitors = fc.array(fc.record({ at: fc.nat(39), count: fc.integer({ min: 1, max: 5 }) }), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(callers, visitors, async (callers, visitors) => {
      const pool = await setPool();
      const work = callers.map(() => 0);
      for (let round = 0; round < 40; round += 1) {
        for (const [index, { functionName, startsAt }] of callers.entries()) {
          // as many as a claim could take, so that no caller is ever drained
          const asked = { caller: `c${index}`, functionName, from: round * mostPerClaim, count: mostPerClaim };
          if (startsAt <= round) await ask(pool, asked);
        }
        for (const [index, { at, count }] of visitors.entries()) {
          if (at === round) await ask(pool, { caller: `visitor${index}`, functionName: "small", count });
        }
        const drawn = await claimCallers(pool);
        if (callers.some(({ startsAt }) => startsAt > round)) continue;
        for (const [index, { functionName }] of callers.entries()) {
          work[index] = (work[index] ?? 0) + drawn.filter((one) => one === `c${index}`).length * workMs(functionName);
        }
      }
      expect(Math.max(...work) - Math.min(...work)).toBeLessThanOrEqual(2 * mostWorkPerClaim);
    }),
    { numRuns: propertyRuns(30) },
  );
});

it("a visitor who asks for one request is served within a claim of each who waits, however many visitors there are", async () => {
  const pool = await setPool();
  await ask(pool, { caller: "many", functionName: "large", count: 2_000 });
  for (let i = 0; i < 300; i += 1) {
    await ask(pool, { caller: `visitor${i}`, functionName: "small", count: 1 });
    const drawn = [...(await claimCallers(pool)), ...(await claimCallers(pool))];
    expect(drawn).toContain(`visitor${i}`);
    expect(drawn).toContain("many");
  }
});
