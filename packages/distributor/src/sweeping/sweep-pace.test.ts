import { expect, it } from "vitest";
import { sweepDelayMs } from "./sweep-pace.ts";

const settings = { hoistEveryMs: 100, leaseMs: 3_000 };

it.each([
  ["the head sweeps again after the period", { role: "head", isMore: false }, 100],
  ["the head sweeps again at once while there is more", { role: "head", isMore: true }, 0],
  ["a standby asks three times in a lease", { role: "standby", isMore: false }, 1_000],
  ["a sweep that failed is retried after the period", undefined, 100],
] as const)("%s", (_, reply, expected) => {
  expect(sweepDelayMs(reply, settings)).toBe(expected);
});
