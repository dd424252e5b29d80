import { totalmem } from "node:os";
import { expect, it } from "vitest";
import { memoryShareMb } from "./memory-share.ts";

it("workers share the memory equally, and each gets what a process needs to start", () => {
  const eightGb = 8_192 * 1_048_576;
  expect([1, 3, 8, 100].map((workers) => memoryShareMb(workers, eightGb, ""))).toEqual([8_192, 2_730, 1_024, 256]);
});

it("one worker gets no more than the machine has", () => {
  expect(memoryShareMb(1)).toBeLessThanOrEqual(Math.ceil(totalmem() / 1_048_576));
});

it("a heap that the user has limited by a flag of Node stays limited so", () => {
  const limit = (flags: string) => memoryShareMb(1, 8_192 * 1_048_576, flags);
  expect(limit("--import tsx --max-old-space-size=48")).toBe(48);
  expect(limit("--max_old_space_size=48 --max-old-space-size=64")).toBe(64);
});
