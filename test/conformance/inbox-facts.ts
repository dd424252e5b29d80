/** Facts of inboxes: what was sent arrives once and in order, whether anybody listened at the time or not. */
import type { InboxMessage, PoolKeeper } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { idOf, longLeaseMs, type SetStage, type Stage, submitByClient } from "./stage.ts";

/** A listener for one process; `until` resolves once so many messages have come in all. */
interface Listening {
  readonly calls: ReadonlyArray<readonly InboxMessage[]>;
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Listens; should the link break, `onBreak` is called. */
function listen(pool: PoolKeeper, process: string, onBreak: () => void): Listening {
  const calls: Array<readonly InboxMessage[]> = [];
  let onCall = () => {};
  const listener = pool.listen(process, {
    onMessages: (messages) => {
      calls.push(messages);
      onCall();
    },
    onReconnect: onBreak,
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

/** What a fact of delivery works with. */
interface Telling {
  readonly stage: Stage;
  readonly pool: PoolKeeper;
  readonly listen: (process: string) => Listening;
  /** Listens until so many messages have come. */
  readonly receive: (process: string, count: number) => Promise<InboxMessage[]>;
}

/**
 * A fact of what comes over a link that holds. A link that breaks may take messages along, and the Redis client breaks it by
 * itself when its process gets no CPU for some seconds. Nothing has been shown then, so the fact starts again.
 */
function overLinkThatHolds(setStage: SetStage, fact: (telling: Telling) => Promise<void>): () => Promise<void> {
  return async () => {
    while ((await tell(await setStage(), fact)) === "broken");
  };
}

function tell(stage: Stage, fact: (telling: Telling) => Promise<void>): Promise<"told" | "broken"> {
  const { pool } = stage;
  return new Promise((resolve, reject) => {
    const listenHere = (process: string) => listen(pool, process, () => resolve("broken"));
    const receive = async (process: string, count: number) => {
      const { calls, until, close } = listenHere(process);
      await until(count);
      await close();
      return calls.flat();
    };
    fact({ stage, pool, listen: listenHere, receive }).then(() => resolve("told"), reject);
  });
}

async function finish(pool: PoolKeeper, ...names: readonly string[]): Promise<void> {
  const completions = names.map((name) => ({ id: idOf(name), outcome: `="${name}"`, ttlMs: 0, stamp: "v1#0" }));
  await pool.complete("w1", completions, []);
}

function outcomes(...names: readonly string[]): InboxMessage[] {
  return names.map((name) => ({ kind: "outcome", id: idOf(name), outcome: `="${name}"`, stamp: "v1#0" }));
}

export function inboxFacts(setStage: SetStage): void {
  it(
    "what came before anybody listened is delivered in order",
    overLinkThatHolds(setStage, async ({ pool, receive }) => {
      await submitByClient(pool, "c1", "a", "b", "c");
      await finish(pool, "b", "a");
      await finish(pool, "c");
      expect(await receive("c1", 3)).toEqual(outcomes("b", "a", "c"));
    }),
  );

  it(
    "what comes while a listener is there is delivered in order",
    overLinkThatHolds(setStage, async ({ pool, receive }) => {
      await submitByClient(pool, "c1", "a", "b", "c");
      const receiving = receive("c1", 3);
      for (const name of ["c", "a", "b"]) await finish(pool, name);
      expect(await receiving).toEqual(outcomes("c", "a", "b"));
    }),
  );

  it(
    "nothing is delivered twice",
    overLinkThatHolds(setStage, async ({ stage, pool, listen }) => {
      await submitByClient(pool, "c1", "a", "b");
      const { calls, until, close } = listen("c1");
      await finish(pool, "a");
      await until(1);
      await finish(pool, "b");
      await until(2);
      await close();
      expect(calls.flat()).toEqual(outcomes("a", "b"));
      expect((await stage.dump()).inboxes).toEqual({});
    }),
  );

  it(
    "a long inbox is delivered whole, in bounded calls",
    overLinkThatHolds(setStage, async ({ pool, listen }) => {
      const names = Array.from({ length: 2_500 }, (_, i) => `n${i}`);
      await submitByClient(pool, "c1", ...names);
      await finish(pool, ...names);
      const { calls, until, close } = listen("c1");
      await until(names.length);
      await close();
      expect(calls.flat()).toEqual(outcomes(...names));
      expect(Math.max(...calls.map((messages) => messages.length))).toBeLessThanOrEqual(1_000);
    }),
  );

  it(
    "every waiter gets the outcome in its own inbox",
    overLinkThatHolds(setStage, async ({ pool, receive }) => {
      await submitByClient(pool, "c1", "a");
      await submitByClient(pool, "c2", "a");
      await finish(pool, "a");
      expect(await Promise.all([receive("c1", 1), receive("c2", 1)])).toEqual([outcomes("a"), outcomes("a")]);
    }),
  );

  it(
    "a worker receives what was claimed on its behalf as it would have claimed it",
    overLinkThatHolds(setStage, async ({ pool, receive }) => {
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
        reach: "roots",
        volunteerFor: 1,
      });
      const submission = { id: idOf("a"), payload: '["work","a blank, and\\na line"]', mode: "refresh" } as const;
      await pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions: [submission] });
      const claim = { ...submission, timeoutMs: 0, losses: 0, priority: 0 };
      expect(await receive("w1", 1)).toEqual([{ kind: "run", claim }]);
    }),
  );
}

export function fullInboxFacts(setStage: SetStage): void {
  it("an inbox that no process reads takes no more once it holds a hundred thousand messages", async () => {
    const { pool, dump } = await setStage();
    await submitByClient(pool, "c1", "a", "b", "c");
    const names = Array.from({ length: 99_999 }, (_, i) => `n${i}`);
    for (let first = 0; first < names.length; first += 10_000) {
      const batch = names.slice(first, first + 10_000);
      await submitByClient(pool, "c1", ...batch);
      await finish(pool, ...batch);
    }
    await finish(pool, "a", "b");
    await finish(pool, "c");
    expect((await dump()).inboxes["c1"]?.slice(99_998)).toEqual(outcomes("n99998", "a", "b"));
  });
}
