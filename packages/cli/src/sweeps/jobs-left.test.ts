/** What is left for other machines or for a pool, where some jobs have failed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { type FinishedJob, filesIn, readRebalance, Snapshot } from "@callgrid/sweep";
import { afterAll, beforeAll, expect, test } from "vitest";
import { textIn } from "../../../../test/harness/text-in.ts";
import { rebalanceSweep } from "./rebalance-sweep.ts";
import type { SweepCall } from "./sweep-action.ts";
import { othersFinished } from "./sweep-workers.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-jobs-left-"));
const results = join(folder, "results", "a");
afterAll(() => rmSync(folder, { recursive: true }));

const base = { args: [], runMs: 0, startedMs: 0, tookMs: 0 };
const jobs: FinishedJob[] = [
  { ...base, job: 0, repeats: [2], value: "=1" },
  { ...base, job: 1, repeats: [], error: { msg: "no", code: "FUNCTION_FAILED", req: "[]" } },
];

beforeAll(async () => {
  const names = { functionName: "f", names: [], columns: [] };
  const header = { experiment: "e", split: "s", machine: "a", places: 4, ...names };
  const snapshot = await Snapshot.open(filesIn(results).snapshot, header);
  await snapshot.note(jobs);
  await snapshot.close();
});

test("rebalancing leaves failed jobs to the new machines, and names each finished job by its first place", async () => {
  const machines = join(folder, "new.json");
  writeFileSync(machines, '{ "b": { "performance": 1, "cores": 1 } }');
  const stderr = new PassThrough();
  const call = { io: { stderr }, options: { machines, folder }, operands: [results] };
  await rebalanceSweep(call as unknown as SweepCall);
  expect(textIn(stderr)).toContain("2 of 4 jobs left for 1 machine");
  expect(readRebalance(join(folder, "rebalance.json"))?.finished).toEqual(new Set([0]));
});

test("a pool is left the jobs that failed on a machine", async () => {
  expect(await othersFinished(folder, "pool-p", "e")).toEqual(new Set([0]));
});
