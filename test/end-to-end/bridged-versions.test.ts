/** Pools that are bridged, and have other versions of a function at the same time, as while a deployment goes from one to the next. */
import { GridClient } from "@callgrid/client";
import { encodeRequest, requestId } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { callReentrant, define, startDistributor, startWorker } from "callgrid";
import { expect, it, onTestFinished } from "vitest";
import { LogTape } from "../harness/log-tape.ts";
import { until } from "../harness/until.ts";

/** Functions that call each other by name: `total` calls `price`, and `price` calls `tax`. */
function functionsOf(versions: Readonly<Record<string, string>>) {
  const all = {
    total: async () => `total ${versions["total"]}, ${(await callReentrant([["price"]]))[0]}`,
    price: async () => `price ${versions["price"]}, ${(await callReentrant([["tax"]]))[0]}`,
    tax: async () => `tax ${versions["tax"]}`,
  };
  const named = Object.entries(all).filter(([name]) => name in versions);
  return Object.fromEntries(
    named.map(([name, evaluate]) => [name, define(name, { version: versions[name] ?? "" }, evaluate)]),
  );
}

/** A pool and its parent: the child has version 1 of `tax`, and the parent gets version 2. */
async function setStage({ child, parent }: Record<"child" | "parent", Readonly<Record<string, string>>>) {
  const statekeeper = new MemoryStatekeeper();
  const grid = new GridClient({ statekeeper });
  onTestFinished(() => grid.close());
  const work = async (pool: string, versions: Readonly<Record<string, string>>): Promise<void> => {
    const worker = await startWorker({ pool, functions: functionsOf(versions), statekeeper, checkEveryMs: 50 });
    onTestFinished(() => worker.stop());
  };
  const tape = new LogTape();
  await work("child", { ...child, tax: "1" });
  const bridge = await startDistributor({ pool: "child", parent: "parent", statekeeper, log: tape.log });
  onTestFinished(() => bridge.stop());
  const versionIn = async (pool: string, name: string) =>
    (await statekeeper.pool(pool).functions()).functions.get(name)?.version;
  await until(async () => (await versionIn("parent", "tax")) === "1");
  await work("parent", { ...parent, tax: "2" });
  await until(async () => (await versionIn("child", "total")) !== undefined);
  await until(async () => (await versionIn("child", "price")) !== undefined);
  return { grid, statekeeper, tape };
}

it.each([
  ["child", { child: { total: "1" }, parent: { price: "1" } }, "total 1, price 1, tax 2", "parent"],
  ["parent", { child: { price: "1" }, parent: { total: "1" } }, "total 1, price 1, tax 1", "child"],
] as const)(
  "what the %s cannot do itself is delivered, and neither that nor what comes of it is kept",
  async (pool, versions, value, evaluatedIn) => {
    const { grid, statekeeper, tape } = await setStage(versions);
    expect(await grid.enqueue(pool, ["total"])).toBe(value);
    expect(await grid.enqueue(pool, ["price"])).toBe(value.replace("total 1, ", ""));
    for (const name of ["total", "price"]) {
      const id = requestId(encodeRequest([name], 1_000).canonical);
      expect(await statekeeper.pool(pool).inspectRequest(id)).toBeUndefined();
    }
    const warnings = tape.having("delivered and not kept");
    expect(warnings).toMatchObject([{ functionName: "price", evaluatedIn, deliveredTo: pool }]);
  },
);
