/** Facts of requests that one worker alone may evaluate. */
import type { MessageDump } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { idOf, joinBridge, joinWorkers, longLeaseMs, measure, payloadOf, type SetStage, type Stage } from "./stage.ts";
import { expectChanges, expectNoChange } from "./whole-state.ts";

const a = idOf("@a");
const b = idOf("@b");
const submissions = [{ id: a, payload: payloadOf("a") }];
const running = { payload: payloadOf("a"), waiters: ["c1"], owner: "w1", isClaimed: true };

function address({ pool }: Stage, worker = "w1", process = "c1") {
  return pool.submit({ process, worker, leaseMs: longLeaseMs, queueLimit: 1, submissions });
}

async function setAddressed(setStage: SetStage): Promise<Stage> {
  const stage = await setStage();
  await joinWorkers(stage.pool, "w1", "w2");
  await address(stage);
  return stage;
}

/** What its waiter is sent when the worker does not evaluate it. */
const failure: MessageDump = {
  kind: "outcome",
  id: a,
  error: {
    msg: 'worker "w1", to which this was addressed, has left, cannot evaluate it, or has another version of its function than the pool; other workers of the pool: w2',
    code: "WORKER_UNAVAILABLE",
    req: payloadOf("a"),
    details: { worker: "w1", workers: ["w2"] },
  },
};

export function addressedFacts(setStage: SetStage): void {
  it("its worker holds it at once, and is not a volunteer any more", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    const { epoch } = await stage.pool.functions();
    const idle = { worker: "w1", max: 9, budgetMicros: 1, skips: [], reach: "roots" as const, volunteerFor: 1 };
    await stage.pool.claim({ ...idle, epoch });
    await expectChanges(stage, () => address(stage), {
      requests: { [a]: running },
      running: { w1: [a] },
      volunteers: [],
      leases: { c1: true },
      inboxes: {
        w1: [{ kind: "run", id: a, payload: payloadOf("a"), mode: "use", losses: 0, priority: 0, hasTimeout: false }],
      },
      counted: { submitted: 1, claimed: 1 },
    });
  });

  it("another caller who addresses the same joins it", async () => {
    const stage = await setAddressed(setStage);
    await expectChanges(stage, () => address(stage, "w1", "c2"), {
      requests: { [a]: { waiters: ["c1", "c2"] } },
      leases: { c2: true },
      counted: { submitted: 1, joined: 1 },
    });
  });

  it.each(["w9", "d1", "b1"])("it is refused where %s is not a worker of the pool", async (worker) => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await stage.pool.join({
      id: "d1",
      kind: "distributor",
      leaseMs: longLeaseMs,
      description: {},
      functions: new Map(),
    });
    await joinBridge(stage.pool, "b1");
    const reply = await expectChanges(stage, () => address(stage, worker), { leases: { c1: true } });
    expect(reply.answers).toEqual([{ index: 0, kind: "unknown-worker" }]);
  });

  it("a worker that holds as much as the limit says is given no more, and others are", async () => {
    const stage = await setAddressed(setStage);
    const next = {
      process: "c1",
      leaseMs: longLeaseMs,
      queueLimit: 1,
      submissions: [{ id: b, payload: payloadOf("b") }],
    };
    const reply = await expectChanges(stage, () => stage.pool.submit({ ...next, worker: "w1" }), {
      counted: { submitted: 1 },
    });
    expect(reply.answers).toEqual([{ index: 0, kind: "pool-full" }]);
    expect((await stage.pool.submit({ ...next, worker: "w2" })).answers).toEqual([]);
  });

  it("it fails when its worker gives it back", async () => {
    const stage = await setAddressed(setStage);
    await joinBridge(stage.pool, "b1");
    await expectNoChange(stage, () => stage.pool.release("w2", [a]));
    await expectChanges(stage, () => stage.pool.release("w1", [a, b]), {
      requests: { [a]: null },
      running: { w1: null },
      inboxes: { c1: [failure] },
      counted: { lost: 1 },
    });
  });

  it("it fails when its worker leaves, and at its first loss when the worker dies", async () => {
    for (const end of ["leave", "reportDeath"] as const) {
      const stage = await setAddressed(setStage);
      if (end === "leave") await stage.pool.leave("w1");
      else await stage.pool.reportDeath("w1", { exitCode: 1 }, 3);
      const { requests, queue, inboxes } = await stage.dump();
      expect({ requests, queue, sent: inboxes["c1"] }).toEqual({ requests: {}, queue: [], sent: [failure] });
    }
  });

  it("no other worker gets a copy of it, however late it is", async () => {
    const stage = await setAddressed(setStage);
    await measure(stage.pool, "work", 1);
    const idle = { worker: "w2", max: 9, budgetMicros: 1, skips: [], reach: "roots" as const, volunteerFor: 1 };
    await stage.pool.claim({ ...idle, epoch: (await stage.pool.functions()).epoch });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await stage.pool.sweep({ process: "d", headLeaseMs: 0, maxAttempts: 3, limit: 9, copyAfterMs: 1 });
    const { requests, counters } = await stage.dump();
    expect([requests[a]?.isCopied, counters["copied"]]).toEqual([false, undefined]);
  });
}
