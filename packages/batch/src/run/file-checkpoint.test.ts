import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ChunkResult } from "../chunks/chunk-work.ts";
import { FileCheckpoint } from "./file-checkpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = (): string => join(folder, "sub", `checkpoint-${++files}`);
const result = (value: unknown): ChunkResult => ({
  ...{ values: [value], failures: [], startedMs: 1, tookMs: 2, busyRatio: 1, worker: "w" },
});

/** A checkpoint with three cuts, the first and the last of them finished. */
async function written(path: string): Promise<FileCheckpoint> {
  const checkpoint = await FileCheckpoint.open(path);
  await checkpoint.begin("a");
  await checkpoint.noteCut(0, { units: 10, id: "0" });
  await checkpoint.noteCut(1, { units: 20, id: "1" });
  await checkpoint.noteFinished(0, result("größe"));
  await checkpoint.noteCut(2, { units: 30, id: "2" });
  await checkpoint.noteFinished(2, result(new Map([["a", 1n]])));
  return checkpoint;
}

it("is its user's alone, and so is a folder that is made for it", async () => {
  const path = join(folder, "for-user", "checkpoint");
  await (await FileCheckpoint.open(path)).close();
  expect([path, dirname(path)].map((made) => statSync(made).mode & 0o777)).toEqual([0o600, 0o700]);
});

it("what one run has noted the next one finds", async () => {
  const path = newPath();
  await (await written(path)).close();
  const found = await FileCheckpoint.open(path);
  await found.begin("a");
  expect(found.cuts.map(({ units }) => units)).toEqual([10, 20, 30]);
  expect([0, 1, 2].map((index) => found.isFinished(index))).toEqual([true, false, true]);
  expect(await found.finished(0)).toEqual(result("größe"));
  expect(await found.finished(2)).toEqual(result(new Map([["a", 1n]])));
  await found.close();
});

it("values with all kinds of line ends in them are found again", async () => {
  const path = newPath();
  const checkpoint = await written(path);
  await checkpoint.noteFinished(1, result("a\u2028b\u2029c\u0085d\re\nf"));
  await checkpoint.close();
  const found = await FileCheckpoint.open(path);
  await found.begin("a");
  expect(found.finishedCount).toBe(3);
  expect(await found.finished(1)).toEqual(result("a\u2028b\u2029c\u0085d\re\nf"));
  await found.close();
});

it("what another batch has noted is dropped", async () => {
  const path = newPath();
  await (await written(path)).close();
  const found = await FileCheckpoint.open(path);
  await found.begin("b");
  expect([found.cuts, found.finishedCount]).toEqual([[], 0]);
  await found.close();
  const again = await FileCheckpoint.open(path);
  await again.begin("b");
  expect(again.finishedCount).toBe(0);
  await again.close();
});

it("a line that was cut short is passed over, wherever it was cut, and what comes after it is whole", async () => {
  const path = newPath();
  await (await written(path)).close();
  const whole = readFileSync(path).length;
  const lastLine = readFileSync(path, "utf8").trimEnd().split("\n").at(-1)?.length ?? 0;
  for (let cut = 1; cut <= lastLine; cut += 7) {
    await (await written(newPath())).close();
    const current = join(folder, "sub", `checkpoint-${files}`);
    truncateSync(current, whole - cut);
    const found = await FileCheckpoint.open(current);
    await found.begin("a");
    expect(found.isFinished(0)).toBe(true);
    await found.noteFinished(1, result("late"));
    await found.close();
    const again = await FileCheckpoint.open(current);
    expect(await again.finished(1)).toEqual(result("late"));
    expect(await again.finished(0)).toEqual(result("größe"));
    await again.close();
  }
});

it("goes when the run is done", async () => {
  const path = newPath();
  const checkpoint = await written(path);
  await checkpoint.remove();
  expect(existsSync(path)).toBe(false);
  const found = await FileCheckpoint.open(path);
  await found.begin("a");
  expect(found.finishedCount).toBe(0);
  await found.close();
});

it("may be kept in an empty file", async () => {
  const path = join(folder, "empty");
  writeFileSync(path, "");
  await (await written(path)).close();
  const found = await FileCheckpoint.open(path);
  expect(found.finishedCount).toBe(2);
  await found.close();
});

describe("a file that is no checkpoint", () => {
  it.each(["my notes\n", "{", '{"batch":"a"}\n', "\n", "\uFEFF"])(
    "is refused, and stays as it is: %j",
    async (text) => {
      const path = newPath();
      writeFileSync(path, text);
      await expect(FileCheckpoint.open(path)).rejects.toMatchObject({
        code: "INVALID_OPTION",
        message: `${path} cannot be used as a checkpoint: it is a file of another kind, which is left as it is; give another path`,
      });
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );

  it("such as a folder, a device, or a path below a file, is refused", async () => {
    await expect(FileCheckpoint.open(folder)).rejects.toThrow(/cannot be used as a checkpoint: it is not a file/);
    await expect(FileCheckpoint.open("/dev/null")).rejects.toThrow(/it is not a file/);
    await expect(FileCheckpoint.open("/dev/null/below")).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });
});

describe("a checkpoint that a running batch has", () => {
  it("is refused to another, and free again when that has closed or removed it", async () => {
    const path = newPath();
    for (const end of ["close", "remove"] as const) {
      const first = await FileCheckpoint.open(path);
      await expect(FileCheckpoint.open(path)).rejects.toMatchObject({
        code: "INVALID_OPTION",
        message: expect.stringMatching(
          new RegExp(`another batch has it \\(process ${process.pid} on .*\\.lock\\)`),
        ) as unknown,
      });
      await first[end]();
    }
    await (await FileCheckpoint.open(path)).remove();
    expect(readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)))).toEqual([]);
  });

  it("is taken over from a process that has died, and not from one of another machine", async () => {
    const path = newPath();
    await (await FileCheckpoint.open(path)).close();
    const died = spawnSync(process.execPath, ["--version"]).pid;
    const first = await FileCheckpoint.open(path);
    const [, namespace = "", start = ""] = readFileSync(`${path}.lock`, "utf8").split("\n");
    await first.close();
    const write = (processId: number, host = hostname(), space = namespace, begun = start): void =>
      writeFileSync(`${path}.lock`, [`process ${processId} on ${host}`, space, begun].join("\n"));
    const isTakenOver = async (): Promise<boolean> => {
      const opened = await FileCheckpoint.open(path).catch((error: Error) => error.message);
      if (typeof opened === "string") expect(opened).toMatch(/another batch has it \(process \d+ on /);
      else await opened.close();
      rmSync(`${path}.lock`, { force: true });
      return typeof opened !== "string";
    };
    write(died);
    expect(await isTakenOver(), "a process that has died").toBe(true);
    write(process.pid, hostname(), namespace, "an earlier start");
    expect(await isTakenOver(), "an earlier process of the same id").toBe(true);
    write(died, "elsewhere");
    expect(await isTakenOver(), "one of another machine").toBe(false);
    write(died, hostname(), "another container");
    expect(await isTakenOver(), "one of another container").toBe(false);
  });

  it("is refused while another process is writing its lock, and where the lock cannot be made", async () => {
    const path = newPath();
    writeFileSync(`${path}.lock`, "");
    await expect(FileCheckpoint.open(path)).rejects.toThrow(
      /another batch has it \(a process that starts; if that has ended, remove /,
    );
    rmSync(`${path}.lock`);
    mkdirSync(`${path}.lock`);
    await expect(FileCheckpoint.open(path)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    expect(existsSync(path)).toBe(false);
  });
});
