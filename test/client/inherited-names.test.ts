/** Functions, pools, tags and keys that are named as what every object inherits: each is a name like any other, or refused as one. */
import { define, isGridError, systemClock } from "@callgrid/core";
import { WorkerMetrics } from "@callgrid/health";
import fc from "fast-check";
import { expect, it } from "vitest";
import { propertyRuns } from "../harness/chance.ts";
import { WorkerStage } from "../harness/worker-stage.ts";

const names = [...Object.getOwnPropertyNames(Object.prototype), "prototype"];
const name = fc.constantFrom(...names);

it("a function, its pool and its tag may be called as what objects inherit", async () => {
  const stage = new WorkerStage(systemClock);
  await fc.assert(
    fc.asyncProperty(name, name, name, fc.uuid(), async (functionName, tag, other, version) => {
      const pool = `${version}-${functionName}`;
      const own = define(functionName, { version, needs: { tag } }, (x: number) => x + 1);
      await stage.startWorker([own], { pool, tags: [tag] });
      expect(await stage.grid.enqueue(pool, [functionName, 1])).toBe(2);
      const unknown = await stage.grid.enqueue(pool, [other, 1]).catch((error: unknown) => error);
      expect(unknown === 2 || isGridError(unknown, "UNKNOWN_FUNCTION")).toBe(true);
      const { functions, counters } = await stage.grid.status(pool);
      expect([...functions.functions.keys()]).toEqual([functionName]);
      expect(Object.getPrototypeOf(counters)).toBe(Object.prototype);
    }),
    { numRuns: propertyRuns(20) },
  );
});

it("metrics have a series for each", async () => {
  await fc.assert(
    fc.asyncProperty(name, name, async (pool, functionName) => {
      const metrics = new WorkerMetrics(pool);
      metrics.evaluated(functionName, 5, undefined);
      const text = JSON.stringify(await metrics.measures());
      expect(text).toContain(JSON.stringify({ pool, function: functionName }).slice(1, -1));
    }),
  );
});

it("a value with such a key travels whole, or is refused with its path", async () => {
  const stage = new WorkerStage(systemClock);
  const same = define("same", { version: "1" }, (value: unknown) => value);
  await stage.startWorker([same]);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { minLength: 1 }), fc.jsonValue(), async (keys, part) => {
      const value = Object.fromEntries(keys.map((key) => [key, part]));
      const outcome = await stage.grid.enqueue("pool", ["same", value]).catch((error: unknown) => error);
      if (isGridError(outcome)) expect(outcome.message).toMatch(/__proto__|constructor|prototype/);
      else expect(outcome).toEqual(value);
    }),
    { numRuns: propertyRuns(50) },
  );
});
