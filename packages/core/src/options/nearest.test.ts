import { expect, it } from "vitest";
import { nearestNames } from "./nearest.ts";

it.each<[wanted: string, names: string[], nearest: string[]]>([
  ["divde", ["multiply", "ratio", "divide"], ["divide"]],
  ["DIVIDE", ["divide", "divided"], ["divide", "divided"]],
  ["queens", ["board.queens.solve", "fib"], ["board.queens.solve"]],
  ["maths.queens", ["queens"], ["queens"]],
  ["rato", ["ratio", "rate", "rat", "rating", "rats"], ["rat", "rate", "ratio"]],
  ["fib", ["sum", "divide"], []],
  ["a", ["b", "c"], []],
  ["", ["a"], []],
  ["x".repeat(100_000), ["divide"], []],
])("for %.20s among %o", (wanted, names, nearest) => {
  expect(nearestNames(wanted, names)).toEqual(nearest);
});

it("gives as many as are asked for", () => {
  expect(nearestNames("rato", new Set(["ratio", "rate", "rat"]), 1)).toEqual(["rat"]);
});
