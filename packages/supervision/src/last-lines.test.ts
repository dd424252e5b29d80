import { expect, it } from "vitest";
import { LastLines } from "./last-lines.ts";

function linesAfter(most: number, ...chunks: string[]): readonly string[] {
  const kept = new LastLines(most);
  for (const chunk of chunks) kept.add(chunk);
  return kept.lines;
}

it.each([
  ["nothing came", [], []],
  ["lines come in pieces", ["one\ntw", "o\nthr", "ee\n"], ["one", "two", "three"]],
  ["the last line has no end", ["one\n", "two"], ["one", "two"]],
  ["there are more than are kept", ["one\ntwo\nthree\nfour\n"], ["two", "three", "four"]],
  ["there are more than are kept, and the last has no end", ["one\ntwo\nthree\nfour"], ["two", "three", "four"]],
  ["lines end as on Windows", ["one\r\ntwo\r\n"], ["one", "two"]],
])("the last three lines are kept when %s", (_, chunks, expected) => {
  expect(linesAfter(3, ...chunks)).toEqual(expected);
});

it("a line is cut to 500 characters, whether it ends or not", () => {
  const long = "x".repeat(2_000);
  expect(linesAfter(3, `${long}\n`, long, long)).toEqual(["x".repeat(500), "x".repeat(500)]);
});
