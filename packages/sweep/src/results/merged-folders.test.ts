import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { filesIn } from "./machine-folder.ts";
import { mergeFolders } from "./merged-folders.ts";
import { type FinishedJob, Snapshot, type SnapshotHeader } from "./snapshot.ts";

const root = mkdtempSync(join(tmpdir(), "callgrid-merge-"));
afterAll(() => rmSync(root, { recursive: true }));

const header: SnapshotHeader = {
  ...{ experiment: "e1".repeat(32), split: "s", machine: "a", functionName: "f", names: ["x"], places: 5, columns: [] },
};

let folders = 0;
async function folderOf(jobs: readonly FinishedJob[], changes: Partial<SnapshotHeader> = {}): Promise<string> {
  const folder = join(root, `${++folders}`);
  mkdirSync(folder);
  const snapshot = await Snapshot.open(filesIn(folder).snapshot, { ...header, ...changes });
  await snapshot.note(jobs);
  await snapshot.close();
  return folder;
}

function job(index: number, changes: Partial<FinishedJob> = {}): FinishedJob {
  return { job: index, args: [index], repeats: [], runMs: 0, startedMs: 0, tookMs: 0, value: `=${index}`, ...changes };
}

test("jobs of all machines are in the order of the list, those of several places at each", async () => {
  const merged = await mergeFolders([
    await folderOf([job(3), job(1, { repeats: [4] })]),
    await folderOf([job(0), job(2)]),
  ]);
  expect(merged.finished.map(({ job: place, value }) => [place, value])).toEqual([
    [0, "=0"],
    [1, "=1"],
    [2, "=2"],
    [3, "=3"],
    [4, "=1"],
  ]);
  expect(merged).toMatchObject({ missing: [], duplicates: [], contradicting: [] });
});

test("what is missing, there twice, or contradicts itself is named", async () => {
  const [a, b] = [await folderOf([job(0), job(1)]), await folderOf([job(1), job(0, { value: "=7" })])];
  expect(await mergeFolders([a, b])).toMatchObject({
    missing: [2, 3, 4],
    duplicates: [1],
    contradicting: [{ job: 0, folders: [a, b] }],
  });
});

test("a value counts more than a failure of the same job", async () => {
  const { value: _, ...failed } = job(0, { error: { msg: "no", code: "FUNCTION_FAILED", req: "[]" } });
  const merged = await mergeFolders([await folderOf([failed]), await folderOf([job(0)])]);
  expect(merged.finished[0]?.value).toBe("=0");
  expect(merged.duplicates).toEqual([]);
});

test("folders of another experiment, and folders without a snapshot, are refused", async () => {
  const foreign = await folderOf([], { experiment: "00010203".padEnd(64, "0") });
  const own = await folderOf([]);
  await expect(mergeFolders([own, foreign])).rejects.toThrow(
    `${foreign} is of another experiment: its digest is acorn-agate-alder-amber 0001020300000000`,
  );
  await expect(mergeFolders([join(root, "nowhere")])).rejects.toThrow("nowhere has no snapshot of a sweep");
  await expect(mergeFolders([])).rejects.toThrow("expected the folders of at least one machine");
});

test("folders with other columns are named, and those with other names of arguments are refused", async () => {
  const own = await folderOf([]);
  const other = await folderOf([], { columns: ["job"] });
  expect((await mergeFolders([own, other, own])).otherColumns).toEqual([other]);
  const renamed = await folderOf([], { names: ["y"] });
  await expect(mergeFolders([own, renamed])).rejects.toThrow(
    `${renamed} has other names of arguments: y; those of the first folder are x`,
  );
});
