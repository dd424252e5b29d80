/**
 * When a kept value is used: a row of the table in docs/guides/code-versions.md each, with workers that have one function in two versions.
 * What a version is made of, code-versions.test.ts and module-graph.test.ts of the worker say.
 */
import { randomUUID } from "node:crypto";
import { type Grid, GridClient } from "@callgrid/client";
import { MemoryStatekeeper, openStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import { callReentrant, define, type RunningWorker, startWorker } from "callgrid";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { Gate } from "../harness/gate.ts";

interface Versions {
  readonly total?: string;
  readonly price?: string;
  readonly tax?: string;
  readonly other?: string;
}

interface Stage {
  readonly grid: Grid;
  /** How often `total` was evaluated. */
  readonly evaluations: () => number;
  /** Starts a worker that has these functions, by default all at version 1. */
  readonly work: (versions?: Versions) => Promise<RunningWorker>;
}

interface Manner {
  readonly statekeeper: "memory" | "Redis";
  readonly call: "by name" | "by reference";
  readonly sharing: "auto" | "eager";
}

const manners: readonly Manner[] = [
  { statekeeper: "memory", call: "by name", sharing: "auto" },
  { statekeeper: "memory", call: "by reference", sharing: "eager" },
  { statekeeper: "Redis", call: "by name", sharing: "eager" },
  { statekeeper: "Redis", call: "by reference", sharing: "auto" },
];

const request = ["total", 7] as const;

async function openKeeper(kind: Manner["statekeeper"]): Promise<Statekeeper> {
  const grid = randomUUID();
  return kind === "memory" ? new MemoryStatekeeper({ grid }) : openStatekeeper(inject("redisUrl"), { grid });
}

/** @param gates - where `total` waits before it calls `price`, and `tax` before it ends. */
async function setStage(
  { statekeeper: kind, call, sharing }: Manner,
  gates: { readonly total?: Gate; readonly tax?: Gate } = {},
): Promise<Stage> {
  const statekeeper = await openKeeper(kind);
  const grid = new GridClient({ statekeeper });
  onTestFinished(() => grid.close());
  let evaluations = 0;
  const work = async (versions: Versions = { total: "1", price: "1", tax: "1" }): Promise<RunningWorker> => {
    const tax = define("tax", { version: versions.tax ?? "0" }, async () => {
      await gates.tax?.pass();
      return `tax ${versions.tax}`;
    });
    const price = define("price", { version: versions.price ?? "0" }, async (n: number) => {
      const [due] = await callReentrant([["tax"]]);
      return `price ${versions.price}, ${due} of ${n}`;
    });
    const total = define("total", { version: versions.total ?? "0" }, async (n: number) => {
      evaluations += 1;
      await gates.total?.pass();
      const [each] = call === "by name" ? await callReentrant([["price", n]]) : await callReentrant([[price, n]]);
      return `total ${versions.total}, ${each}`;
    });
    const other = define("other", { version: versions.other ?? "0" }, () => "other");
    const all = { total, price, tax, other };
    const functions = Object.fromEntries(Object.entries(all).filter(([name]) => name in versions));
    const worker = await startWorker({ pool: "pool", functions, statekeeper, sharing, checkEveryMs: 50 });
    onTestFinished(() => worker.stop());
    return worker;
  };
  return { grid, work, evaluations: () => evaluations };
}

const ofVersion1 = "total 1, price 1, tax 1 of 7";

describe.each(manners)("a kept value, on $statekeeper, of a call $call, sharing $sharing", (manner) => {
  it("is used when workers restart", async () => {
    const { grid, work, evaluations } = await setStage(manner);
    const worker = await work();
    await grid.enqueue("pool", request);
    await worker.stop();
    await work();
    expect(await grid.enqueue("pool", request)).toBe(ofVersion1);
    expect(evaluations()).toBe(1);
  });

  it.each([
    [{ total: "2" }, "total 2, price 1, tax 1 of 7"],
    [{ price: "2" }, "total 1, price 2, tax 1 of 7"],
    [{ tax: "2" }, "total 1, price 1, tax 2 of 7"],
  ])("is not used after a change to %j, nor is that of the change once it is rolled back", async (change, changed) => {
    const { grid, work } = await setStage(manner);
    await work();
    expect(await grid.enqueue("pool", request)).toBe(ofVersion1);
    const newer = await work(change);
    expect(await grid.enqueue("pool", request)).toBe(changed);
    await newer.stop();
    expect(await grid.enqueue("pool", request)).toBe(ofVersion1);
  });

  it.each(["total", "tax"])("is no mixture of versions that change while %s runs for it", async (name) => {
    const gate = new Gate();
    const { grid, work } = await setStage(manner, { [name]: gate });
    await work();
    const during = grid.enqueue("pool", request);
    await gate.reached;
    const newer = await work({ total: "2", price: "2", tax: "2" });
    gate.open();
    expect(await during).toBe("total 2, price 2, tax 2 of 7");
    await newer.stop();
    expect(await grid.enqueue("pool", request)).toBe(ofVersion1);
  });

  it("is used after a change to a function that took no part", async () => {
    const { grid, work, evaluations } = await setStage(manner);
    await work({ total: "1", price: "1", tax: "1", other: "1" });
    await grid.enqueue("pool", request);
    await work({ other: "2" });
    expect(await grid.enqueue("pool", request)).toBe(ofVersion1);
    expect(evaluations()).toBe(1);
  });
});

it("a request that is addressed to a worker is evaluated again by that one when a function that it calls changes meanwhile", async () => {
  const gate = new Gate();
  const manner = { statekeeper: "memory", call: "by name", sharing: "auto" } as const;
  const { grid, work, evaluations } = await setStage(manner, { tax: gate });
  const worker = await work();
  const during = grid.enqueue(worker.id, request);
  await gate.reached;
  await work({ price: "2" });
  gate.open();
  expect(await during).toBe("total 1, price 2, tax 1 of 7");
  expect(evaluations()).toBe(2);
});
