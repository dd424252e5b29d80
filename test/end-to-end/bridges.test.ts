/** Trees of pools as users run them: each pool on a Redis of its own, bridged by distributors, with real worker processes. */
import type { Grid } from "@callgrid/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SharedEnds } from "../harness/batch-stage.ts";
import { shortOrFull } from "../harness/fault-length.ts";
import { PoolTree } from "../harness/pool-tree.ts";
import { until } from "../harness/until.ts";
import type { GridProcess } from "../harness/worker-processes.ts";

interface Pair {
  readonly tree: PoolTree;
  readonly bridges: Readonly<Record<"left" | "right", GridProcess>>;
}

/** A root, and two children of it. */
async function plantPair(atEnd: (end: () => Promise<void>) => void): Promise<Pair> {
  const tree = await PoolTree.plant(atEnd, "root", "left", "right");
  const [left, right] = await Promise.all([tree.bridge("left", "root"), tree.bridge("right", "root")]);
  return { tree, bridges: { left, right } };
}

function stays(count: number, ms: number, tag: string) {
  return Array.from({ length: count }, (_, i) => ["stay", ms, `${tag} ${i}`] as const);
}

/** Where requests were evaluated: how many in which pool. */
function tally(pools: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const pool of pools) counts[String(pool)] = (counts[String(pool)] ?? 0) + 1;
  return counts;
}

/** Asks, and reports how many have been answered. */
function ask(client: Grid, pool: string, requests: ReturnType<typeof stays>) {
  const asked = { answered: [] as unknown[], all: Promise.resolve<unknown[]>([]) };
  const each = requests.map((request) =>
    client.enqueue(pool, request).then((value) => {
      asked.answered.push(value);
      return value;
    }),
  );
  asked.all = Promise.all(each);
  asked.all.catch(() => undefined);
  return asked;
}

describe("a root and two children on three servers", () => {
  const shared = new SharedEnds();
  let tree: PoolTree;
  let root: Grid;
  let left: Grid;
  let right: Grid;
  let inRight: Promise<unknown> | undefined;
  /** Two workers in the second child, from the first test on that needs them. */
  const startInRight = () => {
    inRight ??= tree.workers("right", 2);
    return inRight;
  };
  beforeAll(async () => {
    ({ tree } = await plantPair(shared.add));
    await tree.workers("left", 2);
    [root, left, right] = await Promise.all([tree.client("root"), tree.client("left"), tree.client("right")]);
  });
  afterAll(() => shared.end());

  test("workers in one child do what the root and the other child have, re-entrant calls too", async () => {
    const fromRoot = ask(root, "root", stays(60, 20, "root"));
    const fromRight = ask(right, "right", stays(60, 20, "right"));
    expect(tally(await fromRoot.all)).toEqual({ left: 60 });
    expect(tally(await fromRight.all)).toEqual({ left: 60 });
    expect(await right.enqueue("right", ["stayTwice", 20, "nested"])).toEqual(["left", "left"]);
  });

  test("an error from the other pool is reported with its tree, and a value is kept in both pools", async () => {
    await expect(right.enqueue("right", ["overIcky", 1])).rejects.toThrow(/Icky value 1/);
    const hits = async () => (await right.status("right")).counters["hits"] ?? 0;
    const before = await hits();
    expect(await right.enqueue("right", ["stay", 5, "kept"])).toBe("left");
    expect(await hits()).toBe(before);
    expect(await right.enqueue("right", ["stay", 5, "kept"])).toBe("left");
    expect(await hits()).toBe(before + 1);
  });

  test("workers that start in the second child take over at least 40 % of what is left", async (context) => {
    const fromRoot = ask(root, "root", stays(300, 50, "root"));
    const fromRight = ask(right, "right", stays(300, 50, "right"));
    await until(() => fromRoot.answered.length + fromRight.answered.length >= 60);
    await startInRight();
    const before = fromRoot.answered.length + fromRight.answered.length;
    const { left = 0, right: over = 0 } = tally([...(await fromRoot.all), ...(await fromRight.all)]);
    expect(left + over).toBe(600);
    const share = over / (600 - before);
    await context.annotate(`${over} of ${600 - before} requests that were left were done in the second child`);
    expect(share).toBeGreaterThanOrEqual(0.4);
  });

  test("with both children equally loaded by their own callers under 5 % of requests cross", async (context) => {
    await startInRight();
    const [atLeft, atRight] = await Promise.all([
      left.enqueueAll("left", stays(400, 20, "equal left")),
      right.enqueueAll("right", stays(400, 20, "equal right")),
    ]);
    const crossed = (tally(atLeft)["right"] ?? 0) + (tally(atRight)["left"] ?? 0);
    await context.annotate(`${crossed} of 800 requests crossed`);
    expect(crossed).toBeLessThan(40);
  });
});

const children = ["left", "right"] as const;

/** Both children and the root under load, and what everybody asked for. */
async function setLoad({ tree }: Pair) {
  await Promise.all([tree.workers("left", 2), tree.workers("right", 1)]);
  const pools = ["root", ...children];
  const clients = await Promise.all(pools.map((pool) => tree.client(pool)));
  const asked = clients.map((client, i) => ask(client, pools[i] ?? "", stays(80, 30, `load ${i}`)));
  await until(() => asked.every(({ answered }) => answered.length > 5));
  return {
    allAnswered: async () => {
      const values = await Promise.all(asked.map(({ all }) => all));
      expect(values.map(({ length }) => length)).toEqual([80, 80, 80]);
    },
  };
}

// too long for every run: `scripts/torture --faults` has them
describe.runIf(shortOrFull(false, true))("what dies loses nothing", () => {
  test.for(children)("the distributor of the %s child is killed, and another one started", async (child, context) => {
    const pair = await plantPair(context.onTestFinished);
    const load = await setLoad(pair);
    await pair.bridges[child].end("SIGKILL");
    await pair.tree.bridge(child, "root");
    await load.allAnswered();
  });

  test.for(["root", ...children])("the Redis of %s is killed, and comes back empty", async (pool, context) => {
    const pair = await plantPair(context.onTestFinished);
    const load = await setLoad(pair);
    await pair.tree.server(pool).kill("SIGKILL");
    await pair.tree.server(pool).restart();
    await load.allAnswered();
  });

  test("the Redis of a child stays away: what the child had taken is done by the other one", async (context) => {
    const { tree } = await plantPair(context.onTestFinished);
    await tree.workers("left", 2);
    const root = await tree.client("root");
    const asked = ask(root, "root", stays(40, 50, "root"));
    await until(() => asked.answered.length > 5);
    await tree.server("left").kill("SIGKILL");
    await tree.workers("right", 2);
    expect(await asked.all).toHaveLength(40);
  });

  test("the parent's Redis stays away: a child goes on with what it had given away", async (context) => {
    const { tree } = await plantPair(context.onTestFinished);
    const right = await tree.client("right");
    await tree.workers("left", 1);
    const asked = ask(right, "right", stays(40, 50, "right"));
    await until(() => asked.answered.length > 5);
    await tree.server("root").kill("SIGKILL");
    await tree.workers("right", 2);
    expect(await asked.all).toHaveLength(40);
  });
});

test("three levels: the workers of one leaf do what the other branch's leaf has, and the root", async (context) => {
  const tree = await PoolTree.plant(context.onTestFinished, "root", "branch", "leaf", "other");
  await Promise.all([tree.bridge("branch", "root"), tree.bridge("leaf", "branch"), tree.bridge("other", "root")]);
  await tree.workers("leaf", 2);
  const [root, other] = await Promise.all([tree.client("root"), tree.client("other")]);
  const fromRoot = ask(root, "root", stays(40, 20, "root"));
  const fromOther = ask(other, "other", stays(40, 20, "other"));
  expect(tally(await fromRoot.all)).toEqual({ leaf: 40 });
  expect(tally(await fromOther.all)).toEqual({ leaf: 40 });
});
