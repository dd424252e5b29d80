import type { ErrorTree } from "@callgrid/core";
import { expect, test } from "vitest";
import { ShareProgress } from "./share-progress.ts";

const finished = (job: number) => ({ job, args: [], repeats: [], runMs: 0, startedMs: 0, tookMs: 1, value: "=1" });
const error: ErrorTree = { msg: "no", code: "FUNCTION_FAILED", req: "[]" };

test("a share counts what each worker has done and how much of that failed", () => {
  const progress = new ShareProgress({ total: 10, before: 2, failed: 1 });
  progress.note(finished(3), "p/w1");
  progress.note({ ...finished(4), error }, "p/w1");
  progress.note(finished(5), "p/w2");
  // lost with its worker, or refused before any had it
  progress.note({ ...finished(6), error }, undefined);
  expect(progress.standing).toMatchObject({ total: 10, before: 2, done: 6, failed: 3 });
  expect(progress.standing.workers).toMatchObject([
    { worker: "p/w1", done: 2, failed: 1, lastJob: 4 },
    { worker: "p/w2", done: 1, failed: 0, lastJob: 5 },
  ]);
});

test("a worker is at the job that reports how far it is, until that is finished", () => {
  const progress = new ShareProgress({ total: 10, before: 0, failed: 0 });
  const running = { job: 7, done: 40, total: 100, forMs: 3_200 };
  progress.noteRunning(new Map([["p/w1", running]]));
  expect(progress.standing.workers).toMatchObject([{ worker: "p/w1", done: 0, lastJob: undefined, running }]);
  progress.note(finished(7), "p/w1");
  expect(progress.standing.workers).toMatchObject([{ worker: "p/w1", done: 1, lastJob: 7, running: undefined }]);
});
