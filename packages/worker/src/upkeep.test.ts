import { requestId, VirtualClock } from "@callgrid/core";
import { type Claim, type ClaimReply, MemoryStatekeeper } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { Upkeep } from "./upkeep.ts";

it("what is claimed while holdings are compared is not lost; what did not come is", async () => {
  const clock = new VirtualClock();
  const pool = new MemoryStatekeeper({ clock }).pool("pool");
  await pool.join({ id: "w", kind: "worker", leaseMs: 60_000, description: {}, functions: new Map([["f", "1"]]) });
  const submissions = ['["f",1]', '["f",2]'].map((payload) => ({ id: requestId(payload), payload }));
  await pool.submit({ process: "c", leaseMs: 60_000, queueLimit: 0, submissions });
  const { epoch } = await pool.functions();
  const taken: string[] = [];
  const upkeep: Upkeep = new Upkeep({
    ...{ clock, worker: "w", leaseMs: 60_000, maxAttempts: 3 },
    keeper: {
      ...{ pool: "pool", sweep: pool.sweep.bind(pool) },
      // both are claimed before the pool compares, and only the reply of one claim has come when the comparison's does
      reconcile: async (worker: string, held: readonly string[]) => {
        const size = { max: 1, budgetMicros: 1e6, volunteerFor: 0, skips: [] };
        const claim = (): Promise<ClaimReply> => pool.claim({ ...size, worker: "w", epoch, isOpenToRoots: true });
        const { claims } = await claim();
        await claim();
        const reply = await pool.reconcile(worker, held);
        expect(reply.claims).toHaveLength(2);
        upkeep.noteClaims(claims);
        return reply;
      },
    } as unknown as typeof pool,
    ownedIds: () => [],
    onReconcile: () => undefined,
    onClaims: (claims: readonly Claim[]) => taken.push(...claims.map(({ payload }) => payload)),
    onAbandoned: () => undefined,
    onRound: async () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  upkeep.start();
  await clock.advance(6_000);
  upkeep.stop();
  expect(taken).toEqual(['["f",2]']);
});
