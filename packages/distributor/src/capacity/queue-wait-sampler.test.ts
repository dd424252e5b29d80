import { expect, it } from "vitest";
import { QueueWaitSampler } from "./queue-wait-sampler.ts";

it("the oldest wait is that of the first that was seen and still waits", () => {
  const marks = new QueueWaitSampler(10);
  expect(marks.oldestWaitMs(5)).toBe(0);
  marks.note(["a", "b"], 1_000);
  marks.note(["b", "c"], 2_000);
  expect(marks.oldestWaitMs(3_000)).toBe(2_000);
  marks.drop(["a"]);
  expect(marks.oldestWaitMs(3_000)).toBe(2_000);
  marks.drop(["b"]);
  expect([marks.oldestWaitMs(3_000), marks.ids]).toEqual([1_000, ["c"]]);
});

it("no more are remembered than the bound, the oldest ones", () => {
  const marks = new QueueWaitSampler(2);
  marks.note(["a"], 1);
  marks.note(["b", "c"], 2);
  expect(marks.ids).toEqual(["a", "b"]);
});
