import { define } from "@callgrid/core";
import { expect, it } from "vitest";
import { setWorkerStage } from "../../../../test/harness/worker-stage.ts";
import { callReentrant } from "../evaluation/request-context.ts";

/** Two workers of the same versions. What `own` and `failing` return depends on the worker. */
async function setPool({ verify, names = ["w1", "w2"] }: { verify: number; names?: readonly string[] }) {
  const stage = setWorkerStage();
  let evaluations = 0;
  const version = "1";
  const counted = <T>(value: T): T => {
    evaluations += 1;
    return value;
  };
  for (const name of names) {
    const functions = [
      define("same", { version }, (x: number) => counted(x)),
      define("own", { version }, (_x: number) => counted(name)),
      define("failing", { version }, (_x: number) => (name === "w2" ? Promise.reject(new Error("no")) : 1)),
      define("caller", { version }, async (x: number) => (await callReentrant([["own", x]])).length),
    ];
    await stage.startWorker(functions, { name, verify });
  }
  const ask = async (functionName: string, x: number): Promise<unknown> => {
    const value = stage.grid.enqueue("pool", [functionName, x]).catch(() => "failed");
    await stage.clock.advance(100);
    return value;
  };
  /** How many evaluations it took. */
  const count = async (functionName: string, x: number): Promise<number> => {
    const before = evaluations;
    await ask(functionName, x);
    return evaluations - before;
  };
  const mismatches = async () => (await stage.pool.mismatches()).map(({ functionName }) => functionName);
  return { stage, ask, count, mismatches };
}

it("a kept result is evaluated once more by another worker, and is kept where the values are equal", async () => {
  const { count, mismatches } = await setPool({ verify: 1 });
  expect([await count("same", 1), await count("same", 2), await count("same", 1)]).toEqual([2, 2, 0]);
  expect(await mismatches()).toEqual([]);
});

it("a function that gave different values keeps no results until they are forgotten, and neither do its callers", async () => {
  const { stage, ask, count, mismatches } = await setPool({ verify: 1 });
  await ask("own", 1);
  expect(await stage.pool.mismatches()).toMatchObject([
    {
      ...{ functionName: "own", version: "1", request: '["own",1]' },
      evaluations: expect.arrayContaining([
        { worker: "w1", node: process.version, value: '="w1"' },
        { worker: "w2", node: process.version, value: '="w2"' },
      ]),
    },
  ]);
  expect(stage.tape.lines.map(({ msg }) => msg).join()).toContain("two evaluations of a request gave different values");
  expect([await count("own", 1), await count("own", 1)]).toEqual([1, 1]);
  expect([await count("caller", 7), await count("caller", 7)]).toEqual([1, 1]);
  await stage.grid.forget("pool", "own");
  expect(await mismatches()).toEqual([]);
  await ask("own", 2);
  expect(await mismatches()).toEqual(["own"]);
});

it("an error in place of a value is a mismatch", async () => {
  const { ask, mismatches } = await setPool({ verify: 1 });
  // whichever worker is asked first: only a value is kept, and verified
  for (let x = 0; x < 8; x++) await ask("failing", x);
  expect(await mismatches()).toEqual(["failing"]);
});

it("a share of the results is verified, and none without another worker", async () => {
  const { count } = await setPool({ verify: 0.25 });
  let verified = 0;
  for (let x = 0; x < 16; x++) verified += (await count("same", x)) - 1;
  // each worker counts its own results
  expect([3, 4]).toContain(verified);
  const alone = await setPool({ verify: 1, names: ["w1"] });
  expect(await alone.count("same", 1)).toBe(1);
});
