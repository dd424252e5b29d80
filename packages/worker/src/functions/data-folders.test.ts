import { closeSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { everyFolder, limitDataFolders, openData } from "./data-folders.ts";

const place = realpathSync(mkdtempSync(join(tmpdir(), "callgrid-data-folders-")));
afterAll(() => rmSync(place, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const [one, other] = ["one", "other"].map((name) => {
  mkdirSync(join(place, name));
  writeFileSync(join(place, name, "file"), name);
  return join(place, name);
}) as [string, string];

function canRead(folder: string, isKnown?: () => boolean): boolean {
  try {
    closeSync(openData(join(folder, "file"), isKnown));
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "FILE_NOT_ALLOWED" });
    return false;
  }
}

it("without a worker for others, all files can be read", () => {
  expect([canRead(one), canRead(other)]).toEqual([true, true]);
  limitDataFolders(everyFolder)();
});

it("a limit holds until the last that set it has ended it", () => {
  const ends = [limitDataFolders([one]), limitDataFolders([one])];
  expect([canRead(one), canRead(other)]).toEqual([true, false]);
  ends[0]?.();
  ends[0]?.();
  expect(canRead(other)).toBe(false);
  ends[1]?.();
  expect(canRead(other)).toBe(true);
});

it("a file elsewhere is opened by default for who can read it, and not with a given list", () => {
  vi.spyOn(process, "cwd").mockReturnValue(one);
  const opens = (isKnown: boolean): boolean => canRead(other, () => isKnown);
  const endDefault = limitDataFolders();
  expect([opens(true), opens(false), canRead(other)]).toEqual([true, false, false]);
  expect(() => limitDataFolders([one])).toThrowError(expect.objectContaining({ code: "INVALID_OPTION" }));
  endDefault();
  const end = limitDataFolders([one]);
  expect(opens(true)).toBe(false);
  end();
});

it("a process cannot have two lists of folders, and one that names every folder leaves the other as it is", () => {
  const end = limitDataFolders([one]);
  expect(() => limitDataFolders([other])).toThrowError(expect.objectContaining({ code: "INVALID_OPTION" }));
  limitDataFolders(everyFolder)();
  expect(canRead(other)).toBe(false);
  end();
});

it("by default files below the working folder can be read", () => {
  vi.spyOn(process, "cwd").mockReturnValue(one);
  const end = limitDataFolders();
  expect([canRead(one), canRead(other)]).toEqual([true, false]);
  end();
});

it.each([
  ["the home folder", one],
  ["the root", "/"],
])("where the working folder is %s, no file can be read by default", (_, folder) => {
  vi.stubEnv("HOME", one);
  vi.spyOn(process, "cwd").mockReturnValue(folder);
  const end = limitDataFolders();
  expect([canRead(one), canRead(other)]).toEqual([false, false]);
  end();
});

it("a limit that another copy of callgrid has set in this process holds, and is compared", async () => {
  vi.resetModules();
  const copy = await import("./data-folders.ts");
  expect(copy.limitDataFolders).not.toBe(limitDataFolders);
  const end = copy.limitDataFolders([one]);
  limitDataFolders([one])();
  expect([canRead(one), canRead(other)]).toEqual([true, false]);
  expect(() => limitDataFolders([other])).toThrowError(expect.objectContaining({ code: "INVALID_OPTION" }));
  end();
});
