import { totalmem } from "node:os";
import { expect, it } from "vitest";
import { memoryShareMb } from "./memory-share.ts";

it("workers share the memory equally, and each gets what a process needs to start", () => {
  const eightGb = 8_192 * 1_048_576;
  expect([1, 3, 8, 100].map((workers) => memoryShareMb(workers, eightGb))).toEqual([8_192, 2_730, 1_024, 256]);
});

it("one worker gets no more than the machine has", () => {
  expect(memoryShareMb(1)).toBeLessThanOrEqual(Math.ceil(totalmem() / 1_048_576));
});
