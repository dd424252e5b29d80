import { expect, test } from "vitest";
import { ReportedMemory } from "./reported-memory.ts";

test("memory is reported at first, when it has changed by a twentieth, and every eleventh time", () => {
  const memory = new ReportedMemory();
  expect([100, 104, 96, 105, 100.1, 99].map((mb) => memory.next(mb))).toEqual([
    100,
    undefined,
    undefined,
    105,
    undefined,
    99,
  ]);
  const later = Array.from({ length: 11 }, () => memory.next(100));
  expect(later.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => undefined));
  expect(later[10]).toBe(100);
});

test("memory is reported again once the pool has forgotten it", () => {
  const memory = new ReportedMemory();
  memory.next(100);
  memory.forget();
  expect(memory.next(100)).toBe(100);
});
