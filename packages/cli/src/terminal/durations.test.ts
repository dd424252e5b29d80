import { expect, it } from "vitest";
import { counted, durationText } from "./durations.ts";

it.each([
  [0, "0 ms"],
  [0.85, "850 µs"],
  [1.23, "1.2 ms"],
  [999, "999 ms"],
  [9_820, "9.8 s"],
  [-2_500, "-2.5 s"],
  [59_000, "59 s"],
  [150_000, "2.5 min"],
  [86_400_000, "1 d"],
])("%d ms are written in the unit that suits them: %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

it("one has no plural", () => {
  expect([counted(0, "worker"), counted(1, "worker"), counted(2, "worker")]).toEqual([
    "0 workers",
    "1 worker",
    "2 workers",
  ]);
});
