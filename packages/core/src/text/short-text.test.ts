import { expect, it } from "vitest";
import { shortText } from "./short-text.ts";

it.each([
  ["", ""],
  ["12345", "12345"],
  ["123456", "1234…"],
  ["x".repeat(1_000), "xxxx…"],
])("what is longer than the most loses its end, and says so: %j", (text, short) => {
  expect(shortText(text, 5)).toBe(short);
});
