import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { type FinishedJob, readSnapshot, Snapshot, type SnapshotHeader } from "./snapshot.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-snapshot-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = (): string => join(folder, `${++files}`, "snapshot.ndjson");

const header: SnapshotHeader = {
  ...{ experiment: "e1", split: "s1", machine: "a", functionName: "f", names: ["x"], places: 3, columns: ["job"] },
};

function finished(job: number, error?: string): FinishedJob {
  const base = { job, args: [job], repeats: [], runMs: 1, startedMs: 2, tookMs: 3 };
  return error === undefined
    ? { ...base, value: `=${job}` }
    : { ...base, error: { msg: error, code: "FUNCTION_FAILED", req: "[]" } };
}

async function written(path: string, ...jobs: FinishedJob[]): Promise<void> {
  const snapshot = await Snapshot.open(path, header);
  await snapshot.note(jobs);
  await snapshot.close();
}

test("a snapshot that is opened again knows what is finished", async () => {
  const path = newPath();
  await written(path, finished(0), finished(2, "wrong"));
  const again = await Snapshot.open(path, header);
  expect([...again.finished.keys()]).toEqual([0, 2]);
  again.forgetFailed([0, 1]);
  expect([...again.finished.keys()]).toEqual([0, 2]);
  again.forgetFailed([0, 1, 2]);
  expect([...again.finished.keys()]).toEqual([0]);
  await again.note([finished(2)]);
  await again.close();
  expect((await readSnapshot(path))?.finished.get(2)?.error).toBeUndefined();
});

test("a line that was cut short is dropped, and the next one begins a line of its own", async () => {
  const path = newPath();
  await written(path, finished(0), finished(1));
  truncateSync(path, readFileSync(path).length - 5);
  const again = await Snapshot.open(path, header);
  expect([...again.finished.keys()]).toEqual([0]);
  await again.note([finished(2)]);
  await again.close();
  expect([...((await readSnapshot(path))?.finished.keys() ?? [])]).toEqual([0, 2]);
});

test("what a failed write left of a line is removed, and later lines are whole", async () => {
  const path = newPath();
  const snapshot = await Snapshot.open(path, header);
  const handle = await open(path);
  const append = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, "appendFile");
  await handle.close();
  append.mockImplementationOnce(async () => {
    appendFileSync(path, '{"job":0,"args":[0');
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  });
  await expect(snapshot.note([finished(0)])).rejects.toThrow(path);
  append.mockRestore();
  await snapshot.note([finished(1)]);
  await snapshot.close();
  expect([...((await readSnapshot(path))?.finished.keys() ?? [])]).toEqual([1]);
});

test("a header that was cut short is begun again", async () => {
  const path = newPath();
  await written(path);
  truncateSync(path, 30);
  await written(path, finished(1));
  expect((await readSnapshot(path))?.header.experiment).toBe("e1");
});

test("what follows damage is not taken for jobs", async () => {
  const path = newPath();
  await written(path, finished(0));
  appendFileSync(path, `\0\0\0\n${JSON.stringify(finished(1))}\n`);
  const again = await Snapshot.open(path, header);
  expect([...again.finished.keys()]).toEqual([0]);
  await again.close();
});

test("a snapshot larger than a process can hold is read to where it is damaged", async () => {
  const path = newPath();
  await written(path, finished(0));
  appendFileSync(path, "\0\n");
  const sparseBytes = 3 * 2 ** 30;
  truncateSync(path, sparseBytes);
  expect([...((await readSnapshot(path))?.finished.keys() ?? [])]).toEqual([0]);
  rmSync(path);
});

test("a snapshot has the columns and names that its latest run had", async () => {
  const path = newPath();
  await written(path, finished(0));
  for (const changes of [{ columns: ["job", "mean"] }, { names: ["y"] }]) {
    await (await Snapshot.open(path, { ...header, ...changes })).close();
    expect((await readSnapshot(path))?.header).toMatchObject(changes);
  }
});

test("a second process is refused while the first has the folder", async () => {
  const path = newPath();
  const first = await Snapshot.open(path, header);
  await expect(Snapshot.open(path, header)).rejects.toThrow(/is in use: another process runs this share \(process \d+/);
  await first.close();
  await (await Snapshot.open(path, header)).close();
});

test("a folder of another experiment or machine is refused, and is left as it is", async () => {
  const path = newPath();
  await written(path, finished(0));
  const before = readFileSync(path);
  await expect(Snapshot.open(path, { ...header, experiment: "e2" })).rejects.toThrow(
    "the digest of the jobs and the configuration changed from e1 to e2",
  );
  await expect(Snapshot.open(path, { ...header, machine: "b" })).rejects.toThrow("it is of the machine a");
  expect(readFileSync(path)).toEqual(before);
});

test("another split is refused unless the remaining jobs have been rebalanced", async () => {
  const path = newPath();
  await written(path, finished(0));
  const other = { ...header, split: "s2" };
  await expect(Snapshot.open(path, other)).rejects.toThrow("the digest of the split changed from s1 to s2");
  await (await Snapshot.open(path, other, { isRebalanced: true })).close();
  const again = await Snapshot.open(path, other);
  expect([...again.finished.keys()]).toEqual([0]);
  await again.close();
});

test("a file of another kind is refused, and is left as it is", async () => {
  const path = newPath();
  await written(path);
  writeFileSync(path, "my notes\n");
  await expect(Snapshot.open(path, header)).rejects.toThrow("is not a snapshot of a sweep; it is left as it is");
  expect(readFileSync(path, "utf8")).toBe("my notes\n");
});

test("a folder that cannot be made is refused with the reason", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  await expect(Snapshot.open(join(file, "here", "snapshot.ndjson"), header)).rejects.toThrow(
    `${join(file, "here")} cannot be written: ENOTDIR`,
  );
});
