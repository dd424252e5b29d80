import { VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Fields, patched } from "../model/merge-patch.ts";
import { Collector } from "./collector.ts";
import type { DashboardSource } from "./dashboard-source.ts";
import type { Topic, TopicViewer } from "./topic.ts";

/** What a viewer has understood. */
class Reader implements TopicViewer {
  readonly documents = new Map<string, Fields>();
  readonly missed = new Set<Topic>();
  messages = 0;
  ready = true;

  isReady(): boolean {
    return this.ready;
  }

  send({ topic, kind, data }: Parameters<TopicViewer["send"]>[0]): void {
    const fields = JSON.parse(data) as Fields;
    this.messages += 1;
    this.documents.set(topic, kind === "whole" ? fields : patched(this.documents.get(topic) ?? {}, fields));
  }

  miss(topic: Topic): void {
    this.missed.add(topic);
  }
}

let clock: VirtualClock;
let reads: number;
let pools: string[];
let collector: Collector;
let source: DashboardSource;
let statekeeper: MemoryStatekeeper;
/** Of these pools, and of the list where it names that, no read ends. */
let silent: Set<string>;

beforeEach(() => {
  clock = new VirtualClock();
  reads = 0;
  pools = ["pool"];
  silent = new Set();
  statekeeper = new MemoryStatekeeper({ clock });
  source = {
    ...{ address: "memory", grid: "default", pools: () => (silent.has("list") ? endless() : Promise.resolve(pools)) },
    pool: (pool) => {
      reads += 1;
      const keeper = statekeeper.pool(pool);
      if (silent.has(pool)) vi.spyOn(keeper, "inspect").mockImplementation(endless);
      return keeper;
    },
    runs: () => (silent.has("runs") ? endless() : Promise.resolve([])),
    words: { reasons: () => [], explain: async () => Promise.reject(new Error("not asked for")) },
  };
  collector = new Collector(source, clock);
});

function endless(): Promise<never> {
  return new Promise(() => undefined);
}

const everything = { pool: "pool", hasRuns: false };
const member = { id: "w1", kind: "worker" as const, leaseMs: 60_000, description: { host: "a" }, functions: new Map() };

describe("a collector", () => {
  it("reads nothing without viewers, before and after there were some", async () => {
    await clock.advance(10_000);
    expect(reads).toBe(0);
    const leave = collector.follow(new Reader(), everything);
    await clock.advance(3_000);
    expect(reads).toBeGreaterThan(0);
    leave();
    const read = reads;
    await clock.advance(10_000);
    expect(reads).toBe(read);
    expect(collector.viewers).toBe(0);
  });

  it("reads a pool once a round, however many look at it", async () => {
    for (let count = 0; count < 20; count += 1) collector.follow(new Reader(), everything);
    await clock.advance(100);
    const read = reads;
    await clock.advance(3_000);
    expect(reads - read).toBe(3);
  });

  it("sends every viewer the current state of the pool, whenever it began to look", async () => {
    const first = new Reader();
    collector.follow(first, everything);
    await clock.advance(1_500);
    await statekeeper.pool("pool").join(member);
    await clock.advance(1_500);
    const second = new Reader();
    collector.follow(second, everything);
    await clock.advance(1_500);
    expect(first.documents.get("pool pool")).toMatchObject({ members: { w1: { host: "a", isAlive: true } } });
    expect(second.documents).toEqual(first.documents);
    expect(first.documents.get("overview")).toMatchObject({
      events: { 1: { kind: "joined", text: "worker w1 on a joined" } },
    });
  });

  it("sends a slow viewer nothing until it reads on, and then the whole", async () => {
    const slow = new Reader();
    collector.follow(slow, everything);
    await clock.advance(1_500);
    slow.ready = false;
    const { messages } = slow;
    await statekeeper.pool("pool").join(member);
    await clock.advance(5_000);
    expect(slow.messages).toBe(messages);
    slow.ready = true;
    for (const topic of slow.missed) topic.whole(slow);
    expect(slow.documents.get("pool pool")).toMatchObject({ members: { w1: {} } });
  });

  it("reads a bounded number of many pools in a round, and all of them in turn", async () => {
    pools = Array.from({ length: 100 }, (_, index) => `pool-${index}`);
    const viewer = new Reader();
    collector.follow(viewer, { hasRuns: false });
    await clock.advance(500);
    expect(reads).toBe(16);
    await clock.advance(8_000);
    expect(Object.keys((viewer.documents.get("overview")?.["pools"] ?? {}) as object)).toHaveLength(100);
  });

  it("answers those who ask once with all pools", async () => {
    pools = Array.from({ length: 40 }, (_, index) => `pool-${index}`);
    expect(Object.keys((await collector.overview()).pools)).toEqual(pools);
    expect(reads).toBe(40);
  });

  it("makes no rates and events of sights of long ago, though of recent ones", async () => {
    await collector.pool("pool");
    await clock.advance(2_000);
    expect((await collector.pool("pool")).figures.rates).toBeDefined();
    for (let count = 0; count < 5; count += 1) {
      await clock.advance(5_000);
      await collector.pool("other");
    }
    await statekeeper.pool("pool").join(member);
    expect((await collector.pool("pool")).figures.rates).toBeUndefined();
    expect((await collector.overview()).events).toEqual({});
  });

  it("shows a pool that was asked for by its name among the pools only if there is such a pool", async () => {
    await collector.pool("poool");
    expect(Object.keys((await collector.overview()).pools)).toEqual(["pool"]);
    const viewer = new Reader();
    collector.follow(viewer, { pool: "poool", hasRuns: false });
    await clock.advance(1_500);
    expect(Object.keys(viewer.documents.get("overview")?.["pools"] as object)).toEqual(["pool"]);
  });
});

describe("a collector whose statekeeper does not answer", () => {
  const problem = "Redis does not answer";

  it("says so of a pool, reads it once, and goes on with the others", async () => {
    pools = ["dead", "pool"];
    silent = new Set(["dead"]);
    const viewer = new Reader();
    collector.follow(viewer, everything);
    await clock.advance(3_500);
    expect(viewer.documents.get("overview")).toMatchObject({ pools: { dead: { problem }, pool: { pool: "pool" } } });
    await statekeeper.pool("pool").join(member);
    const read = reads;
    await clock.advance(5_000);
    expect(reads - read).toBe(5);
    expect(viewer.documents.get("pool pool")).toMatchObject({ members: { w1: { isAlive: true } } });
  });

  it("says so of the list and of the runs", async () => {
    silent = new Set(["list", "runs"]);
    const viewer = new Reader();
    collector.follow(viewer, { hasRuns: true });
    await clock.advance(7_000);
    expect(viewer.documents.get("overview")).toMatchObject({ problem });
    expect(viewer.documents.get("runs")).toMatchObject({ problem });
    const overview = new Collector(source, clock).overview();
    await clock.advance(3_500);
    expect(await overview).toMatchObject({ problem });
  });
});
