import { requestId, VirtualClock } from "@callgrid/core";
import { type Claim, MemoryStatekeeper } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { Maintenance } from "./maintenance.ts";

it("what is claimed around a comparison of holdings is not lost, whenever its reply comes; what never comes is", async () => {
  const clock = new VirtualClock();
  const pool = new MemoryStatekeeper({ clock }).pool("pool");
  await pool.join({ id: "w", kind: "worker", leaseMs: 60_000, description: {}, functions: new Map([["f", "1"]]) });
  const submissions = [1, 2, 3].map((x) => `["f",${x}]`).map((payload) => ({ id: requestId(payload), payload }));
  await pool.submit({ process: "c", leaseMs: 60_000, queueLimit: 0, submissions });
  const { epoch } = await pool.functions();
  const claim = async (): Promise<readonly Claim[]> => {
    const size = { max: 1, budgetMicros: 1e6, volunteerFor: 0, skips: [] };
    return (await pool.claim({ ...size, worker: "w", epoch, reach: "roots" })).claims;
  };
  const held: string[] = [];
  const takenAtMs = new Map<string, number>();
  const hear = (claims: readonly Claim[]): void => {
    held.push(...claims.map(({ id }) => id));
    maintenance.noteClaims(claims);
  };
  let comparisons = 0;
  const maintenance: Maintenance = new Maintenance({
    ...{ clock, worker: "w", leaseMs: 60_000, maxAttempts: 3 },
    keeper: {
      ...{ pool: "pool", sweep: pool.sweep.bind(pool) },
      // the first time all three are claimed before the pool compares: one reply comes before the comparison's, one after it
      reconcile: async (worker: string, ids: readonly string[]) => {
        comparisons += 1;
        if (comparisons > 1) return pool.reconcile(worker, ids);
        const [before, after] = [await claim(), await claim(), await claim()];
        const reply = await pool.reconcile(worker, ids);
        expect(reply.claims).toHaveLength(3);
        hear(before);
        clock.background(100, () => hear(after));
        return reply;
      },
    } as unknown as typeof pool,
    ownedIds: () => held,
    onCompared: () => undefined,
    onClaims: (claims: readonly Claim[]) => {
      for (const { payload } of claims) takenAtMs.set(payload, clock.now());
      hear(claims);
    },
    onAbandoned: () => undefined,
    onRound: async () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  const startedAtMs = clock.now();
  void maintenance.start();
  await clock.advance(30_000);
  await maintenance.stop();
  expect([...takenAtMs.keys()]).toEqual(['["f",3]']);
  // the second look comes in the next round
  expect((takenAtMs.get('["f",3]') ?? 0) - startedAtMs).toBeLessThanOrEqual(6_000);
});

it("a worker sweeps again at once while there is more, as where many processes have died", async () => {
  const clock = new VirtualClock();
  const pool = new MemoryStatekeeper({ clock }).pool("pool");
  const dead = Array.from({ length: 100 }, (_, place) => `dead${place}`);
  for (const id of [...dead, "w"]) {
    const leaseMs = id === "w" ? 60_000 : 1_000;
    await pool.join({ id, kind: "worker", leaseMs, description: {}, functions: new Map([["f", "1"]]) });
  }
  const maintenance = new Maintenance({
    ...{ clock, keeper: pool, worker: "w", leaseMs: 2_000, maxAttempts: 3 },
    ...{ ownedIds: () => [], onCompared: () => undefined, onClaims: () => undefined, onAbandoned: () => undefined },
    onRound: async () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  void maintenance.start();
  // a sweep takes up sixteen leases, and a round comes twice a second
  await clock.advance(2_000);
  await maintenance.stop();
  expect((await pool.inspect()).members.map(({ id }) => id)).toEqual(["w"]);
});
