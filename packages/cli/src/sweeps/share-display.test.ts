import { PassThrough } from "node:stream";
import type { ShareStanding } from "@callgrid/sweep";
import { expect, onTestFinished, test, vi } from "vitest";
import { textIn } from "../../../../test/harness/text-in.ts";
import type { CliIo } from "../terminal/io.ts";
import { showShare } from "./share-display.ts";

const running = { job: 17, done: 40, total: 100, forMs: 3_200 };
const standing: ShareStanding = {
  ...{ total: 50, done: 12, failed: 1, before: 0, elapsedMs: 4_000, jobsPerSecond: 3, leftMs: 12_700 },
  workers: [
    { worker: "p/w1", done: 8, failed: 1, jobsPerSecond: 2, lastJob: 9, running },
    { worker: "p/w2", done: 4, failed: 0, jobsPerSecond: 1, lastJob: 11, running: undefined },
    { worker: "p/w3", done: 0, failed: 0, jobsPerSecond: 0, lastJob: undefined, running: { ...running, done: 0 } },
  ],
};

function show(isTTY: boolean, look = async () => undefined) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 200 });
  const stop = showShare({ stderr } as unknown as CliIo, { standing }, look);
  return { stderr, stop };
}

test("a person sees the share and a line for each worker: rate, failures, and what it is at", () => {
  const { stderr, stop } = show(true);
  vi.advanceTimersByTime(1_000);
  stop();
  const text = textIn(stderr);
  expect(text).toContain("24 %, 12 of 50 jobs, 3/s, 13 s left, 1 failed");
  expect(text).toContain("  p/w1: 8 jobs, 2/s, 1 failed, at job 17: 40 of 100 after 3.2 s, 4.8 s left");
  expect(text).toContain("  p/w2: 4 jobs, 1/s, 0 failed, last was job 11");
  expect(text).toContain("  p/w3: 0 jobs, 0/s, 0 failed, at job 17: 0 of 100 after 3.2 s");
});

test("a file gets the share and the jobs that have run longest every five seconds, and nothing once it is stopped", async () => {
  const { stderr, stop } = show(false);
  await vi.advanceTimersByTimeAsync(5_000);
  stop();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(textIn(stderr)).toBe(
    "24 %, 12 of 50 jobs, 3/s, 13 s left, 1 failed\n" +
      "p/w1 at job 17: 40 of 100 after 3.2 s, 4.8 s left\n" +
      "p/w3 at job 17: 0 of 100 after 3.2 s\n",
  );
});

test.each([
  [true, 2_000, "each second for a person"],
  [false, 10_000, "with each line for a file"],
])(
  "what workers are at is asked for (terminal: %s, in %i ms) %s; that it cannot be answered ends nothing",
  async (isTTY, ms) => {
    const look = vi.fn(() => Promise.reject(new Error("closed")));
    const { stop } = show(isTTY, look);
    await vi.advanceTimersByTimeAsync(ms);
    stop();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(look).toHaveBeenCalledTimes(2);
  },
);
