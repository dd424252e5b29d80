import { expect, it } from "vitest";
import { nameList } from "./name-list.ts";

it.each([
  [0, ""],
  [1, '"n0"'],
  [3, '"n0", "n1", "n2"'],
  [4, '"n0", "n1", "n2" and 1 more'],
  [1_000, '"n0", "n1", "n2" and 997 more'],
])("of %i names a message has the first three, and how many there are besides", (count, text) => {
  expect(nameList(Array.from({ length: count }, (_, i) => `n${i}`))).toBe(text);
});
