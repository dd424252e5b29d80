import type { FunctionTable } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { differences, stampIn, stampWithout } from "./function-tables.ts";

function tableOf(versions: Readonly<Record<string, string>>, generation = 0): FunctionTable {
  const functions = Object.entries(versions).map(([name, version]) => [name, { version, generation }] as const);
  return { epoch: 1, functions: new Map(functions) };
}

it("a stamp keeps the code that took part, and gets the generation of the other pool", () => {
  expect(stampIn(tableOf({ total: "1" }, 7), "total", "1#2,price@3")).toBe("1#7,price@3");
  expect(stampIn(tableOf({}), "total", "1#2")).toBe("1#0");
});

it.each([
  ["both pools have the versions", { total: "1", price: "1" }, { total: "1", price: "1" }, []],
  ["the other pool goes on with another version", { total: "1", price: "1" }, { total: "1", price: "2" }, ["price@1"]],
  ["the own function has another version there", { total: "1", price: "1" }, { total: "2", price: "1" }, ["total@1"]],
  ["the pool that it comes from has changed meanwhile", { total: "1", price: "2" }, { total: "1", price: "2" }, []],
  ["the other pool does not know the function", { total: "1", price: "1" }, { total: "1" }, []],
])("pools differ on an outcome where each has another version current: %s", (_, from, to, differing) => {
  const outcome = { functionName: "total", stamp: "1#0,price@1" };
  expect(differences(outcome, tableOf(from), tableOf(to))).toEqual(differing);
});

it("one code stands for all that differ, also where it stood for others before", () => {
  expect(stampWithout("1#0,price@1,tax@1", ["price@1"])).toBe("1#0,tax@1,~other-pool@1");
  expect(stampWithout("1#0,tax@1,~other-pool@1", ["tax@1"])).toBe("1#0,~other-pool@1");
});
