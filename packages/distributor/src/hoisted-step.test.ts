import { expect, it } from "vitest";
import { nextStep } from "./hoisted-step.ts";

it.each([
  ["waits in both pools", false, "queued", "queued", "nothing"],
  ["was started above", false, "queued", "claimed", "seize"],
  ["is not above: its outcome is on the way, or it is submitted again", false, "queued", "unknown", "nothing"],
  ["was started below", false, "claimed", "queued", "drop"],
  ["was started in both", false, "claimed", "claimed", "nothing"],
  ["was started below and is not above", false, "claimed", "unknown", "drop"],
  ["is done below", false, "unknown", "claimed", "drop"],
  ["is seized and runs above", true, "claimed", "claimed", "nothing"],
  ["is seized and waits above again", true, "claimed", "queued", "release"],
  ["is seized and is not above", true, "claimed", "unknown", "nothing"],
  ["is seized and nobody below waits for it any more", true, "unknown", "claimed", "drop"],
] as const)("what %s", (_, isSeized, below, above, expected) => {
  expect(nextStep(isSeized, below, above)).toBe(expected);
});
