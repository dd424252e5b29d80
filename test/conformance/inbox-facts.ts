/** Facts of inboxes: what was sent arrives once and in order, whether anybody listened at the time or not. */
import type { InboxMessage, PoolKeeper } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { idOf, longLeaseMs, type SetStage, submitByClient } from "./stage.ts";

/** Listens; `until` resolves once so many messages have come in all. */
function listen(pool: PoolKeeper, process: string) {
  const calls: Array<readonly InboxMessage[]> = [];
  let onCall = () => {};
  const listener = pool.listen(process, {
    onMessages: (messages) => {
      calls.push(messages);
      onCall();
    },
    onReconnect: () => undefined,
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      onCall = () => {
        if (calls.flat().length >= count) resolve();
      };
      onCall();
    });
  return { calls, until, close: () => listener.close() };
}

async function receive(pool: PoolKeeper, process: string, count: number): Promise<InboxMessage[]> {
  const { calls, until, close } = listen(pool, process);
  await until(count);
  await close();
  return calls.flat();
}

function finish(pool: PoolKeeper, ...names: readonly string[]): Promise<void> {
  const completions = names.map((name) => ({ id: idOf(name), outcome: `="${name}"`, ttlMs: 0, stamp: "v1#0" }));
  return pool.complete("w1", completions, []);
}

function outcomes(...names: readonly string[]): InboxMessage[] {
  return names.map((name) => ({ kind: "outcome", id: idOf(name), outcome: `="${name}"` }));
}

export function inboxFacts(setStage: SetStage): void {
  it("what came before anybody listened is delivered in order", async () => {
    const { pool } = await setStage();
    await submitByClient(pool, "c1", "a", "b", "c");
    await finish(pool, "b", "a");
    await finish(pool, "c");
    expect(await receive(pool, "c1", 3)).toEqual(outcomes("b", "a", "c"));
  });

  it("what comes while somebody listens is delivered in order", async () => {
    const { pool } = await setStage();
    await submitByClient(pool, "c1", "a", "b", "c");
    const receiving = receive(pool, "c1", 3);
    for (const name of ["c", "a", "b"]) await finish(pool, name);
    expect(await receiving).toEqual(outcomes("c", "a", "b"));
  });

  it("nothing is delivered twice", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await submitByClient(pool, "c1", "a", "b");
    const { calls, until, close } = listen(pool, "c1");
    await finish(pool, "a");
    await until(1);
    await finish(pool, "b");
    await until(2);
    await close();
    expect(calls.flat()).toEqual(outcomes("a", "b"));
    expect((await stage.dump()).inboxes).toEqual({});
  });

  it("a long inbox is delivered whole, in bounded calls", async () => {
    const { pool } = await setStage();
    const names = Array.from({ length: 2_500 }, (_, i) => `n${i}`);
    await submitByClient(pool, "c1", ...names);
    await finish(pool, ...names);
    const { calls, until, close } = listen(pool, "c1");
    await until(names.length);
    await close();
    expect(calls.flat()).toEqual(outcomes(...names));
    expect(Math.max(...calls.map((messages) => messages.length))).toBeLessThanOrEqual(1_000);
  });

  it("every waiter gets the outcome in its own inbox", async () => {
    const { pool } = await setStage();
    await submitByClient(pool, "c1", "a");
    await submitByClient(pool, "c2", "a");
    await finish(pool, "a");
    expect(await Promise.all([receive(pool, "c1", 1), receive(pool, "c2", 1)])).toEqual([outcomes("a"), outcomes("a")]);
  });

  it("a worker receives what was claimed on its behalf as it would have claimed it", async () => {
    const { pool } = await setStage();
    await pool.join({
      id: "w1",
      kind: "worker",
      leaseMs: longLeaseMs,
      description: {},
      functions: new Map([["work", "v1"]]),
    });
    await pool.claim({
      worker: "w1",
      max: 1,
      budgetMicros: 1,
      epoch: 1,
      skips: [],
      isOpenToRoots: true,
      volunteerFor: 1,
    });
    const submission = { id: idOf("a"), payload: '["work","a blank, and\\na line"]', mode: "refresh" } as const;
    await pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions: [submission] });
    const claim = { ...submission, timeoutMs: 0, losses: 0 };
    expect(await receive(pool, "w1", 1)).toEqual([{ kind: "run", claim }]);
  });
}
