import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { fileCode, filesIn, namesFiles } from "../contract/code/file-code.ts";
import { isUnchanged, lookAtFiles, readInputFile } from "./input-files.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "callgrid-input-files-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

it.each([
  ["is written over by as many bytes", (path: string) => writeFileSync(path, "two")],
  [
    "gets the time that it had before",
    (path: string) => {
      writeFileSync(path, "two");
      utimesSync(path, 1, 1);
    },
  ],
  [
    "is replaced by an older one of equal size",
    (path: string) => {
      writeFileSync(`${path}.old`, "two");
      utimesSync(`${path}.old`, 0, 0);
      renameSync(`${path}.old`, path);
    },
  ],
])("a file has another content once it %s", async (_, change) => {
  const path = join(folder(), "rates, of 2026.csv");
  writeFileSync(path, "one");
  utimesSync(path, 1, 1);
  const file = await readInputFile(path);
  expect(isUnchanged(file)).toBe(true);
  const stamp = `1#0,${fileCode(file)}`;
  expect(await lookAtFiles(stamp)).toEqual([{ path, digest: file.digest, state: "as read" }]);
  change(path);
  expect(isUnchanged(file)).toBe(false);
  expect(await lookAtFiles(stamp)).toEqual([{ path, digest: file.digest, state: "changed" }]);
});

it("a file that is written again with the same content is as it was read", async () => {
  const path = join(folder(), "rates.csv");
  writeFileSync(path, "one");
  const file = await readInputFile(path);
  writeFileSync(path, "one");
  expect(await lookAtFiles(`1#0,${fileCode(file)}`)).toMatchObject([{ state: "as read" }]);
});

it("a file that is not there is not seen, and cannot be read", async () => {
  const path = join(folder(), "none.csv");
  await expect(readInputFile(path)).rejects.toMatchObject({ code: "ENOENT" });
  expect(await lookAtFiles(`1#0,${fileCode({ path, digest: "d" })}`)).toMatchObject([{ state: "not seen" }]);
});

it("a path is in a stamp without the marks of stamps, and comes out as it was", () => {
  const path = "/data/a, b@c#d/ü \u{1F327}.csv";
  const code = fileCode({ path, digest: "d1" });
  expect(code).toMatch(/^~file:[^\s,#@]+@d1$/);
  expect(filesIn(`1#0,f@2,${code}`)).toEqual([{ path, digest: "d1" }]);
  expect([`1#0,f@2,${code}`, "1#0,f@2", "1#0"].map(namesFiles)).toEqual([true, false, false]);
  expect(filesIn("1#0,~file:%E0%@d1,~file:%00@d2")).toEqual([{ path: "\0", digest: "d2" }]);
});

it("a path that no file can have is not seen", async () => {
  expect(await lookAtFiles("1#0,~file:%00@d2")).toMatchObject([{ state: "not seen" }]);
});
