import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { BatchProgress } from "@callgrid/batch";
import { expect, it } from "vitest";
import { progressText, showProgress } from "./batch-progress.ts";

const progress: BatchProgress = {
  state: "running",
  mode: "distributed",
  unit: "slice",
  ...{ doneUnits: 1_200, totalUnits: 5_000, doneSlices: 1_200 },
  ...{ failedSlices: 2, cachedSlices: 100, chunks: 12, elapsedMs: 3_000, unitsPerSecond: 400.4, leftMs: 9_500 },
  inFlight: { "pool/w1": 2, "pool/w2": 1 },
  slices: [],
};

it("a line has what is done, the rate, what is left, failed and cached slices, and what each worker is at", () => {
  expect(progressText(progress)).toBe(
    "1200 of 5000 slices, 400/s, 9.5 s left, 2 failed, 100 cached; in flight: pool/w1 2, pool/w2 1",
  );
});

it("what no one knows is left out", () => {
  expect(progressText({ ...progress, totalUnits: undefined, leftMs: undefined, inFlight: {} })).toBe(
    "1200 slices, 400/s, 2 failed, 100 cached",
  );
});

/** What a terminal gets. */
async function shownOf(...states: BatchProgress[]): Promise<string> {
  const stderr = Object.assign(new PassThrough(), { isTTY: true });
  const io = { stdin: Readable.from([]), stdout: new PassThrough(), stderr, env: {}, onSignal: () => () => undefined };
  const shown = text(stderr);
  await showProgress(io, {
    progress: async function* () {
      yield* states;
    },
  });
  stderr.end();
  return shown;
}

it("a bar has a percentage only once the total is known", async () => {
  const unknown = { ...progress, totalUnits: undefined, doneUnits: 5 };
  expect(await shownOf({ ...unknown, state: "planning" }, unknown)).toMatch(/^[^%]*planning[^%]*$/);
  expect(await shownOf({ ...unknown, state: "planning" }, progress)).toContain("24 % 1200 of 5000 slices");
});

it("a bar has a line for each of the two oldest slices that report how far they are", async () => {
  const slices = [30, 17, 44].map((index) => ({ index, done: 40, total: 100, forMs: 3_200, worker: "pool/w1" }));
  const shown = await shownOf({ ...progress, slices }, { ...progress, slices: [] });
  expect(shown).toContain("  slice 30: 40 of 100 after 3.2 s at pool/w1");
  expect(shown).toContain("slice 17: ");
  expect(shown).not.toContain("slice 44");
});
