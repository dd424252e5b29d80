import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limitDataFolders } from "@callgrid/worker";
import fc from "fast-check";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { propertyRuns } from "../../../../test/harness/chance.ts";
import { type FileSlice, readBytes, readLines, readText } from "./file-slice.ts";
import { bytes, FileSource, lines } from "./file-source.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-file-slice-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(content: string | Uint8Array): string {
  const path = join(folder, `file-${++files}`);
  writeFileSync(path, content);
  return path;
}

/** The slices of files, cut into ranges of so many bytes. */
async function slicesOf(paths: string | string[], sliceBytes: number): Promise<FileSlice[]> {
  const source = new FileSource(lines(paths, { sliceBytes }));
  const slices: FileSlice[] = [];
  for (let chunk = await source.take(1); chunk !== undefined; chunk = await source.take(1))
    if ("list" in chunk.slices) slices.push(...(chunk.slices.list as FileSlice[]));
  return slices;
}

async function linesIn(path: string, sliceBytes: number): Promise<string[]> {
  return (await slicesOf(path, sliceBytes)).flatMap(readLines);
}

/** Character by character. */
function linesByHand(text: string): string[] {
  const found: string[] = [];
  let line = "";
  for (const character of text) {
    if (character === "\n") found.push(line);
    line = character === "\n" ? "" : line + character;
  }
  const all = line === "" ? found : [...found, line];
  return all.map((one) => (one.endsWith("\r") ? one.slice(0, -1) : one));
}

describe("lines of a file in ranges", () => {
  it.each([
    ["LF", "one\ntwo\nthree\n", ["one", "two", "three"]],
    ["CRLF", "one\r\ntwo\r\nthree\r\n", ["one", "two", "three"]],
    ["CR alone, which ends no line", "one\rtwo\rthree\r", ["one\rtwo\rthree"]],
    ["CR in all places", "\rone\n\rtwo\r\n\n\r\rthree\r", ["\rone", "\rtwo", "", "\r\rthree"]],
    ["no final line end", "one\ntwo\nthree", ["one", "two", "three"]],
    ["empty lines", "\n\none\n\n", ["", "", "one", ""]],
    ["a BOM", "\uFEFFone\ntwo\n", ["one", "two"]],
    ["UTF-8 of several bytes", "größe\n雨🌧\nné\n", ["größe", "雨🌧", "né"]],
    ["one line only", "one", ["one"]],
  ])("are the lines of the file: %s", async (_, text, expected) => {
    const path = fileOf(text);
    for (let sliceBytes = 1; sliceBytes <= 30; sliceBytes += 1)
      expect(await linesIn(path, sliceBytes)).toEqual(expected);
  });

  it("are whole and each is there once, wherever the cuts are", async () => {
    const line = fc.stringMatching(/^[aé雨 ]{0,12}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 40 }),
        async (all, end, size) => {
          const path = fileOf(all.map((text) => text + end).join(""));
          expect(await linesIn(path, size)).toEqual(all);
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });

  it("are the same whatever their ends and wherever the borders of ranges fall, also between CR and LF", async () => {
    const texts = fc.array(fc.constantFrom("\r", "\n", "\r\n", "a", "é", "雨🌧"), { maxLength: 30 });
    const borders = fc.array(fc.nat(), { maxLength: 8 });
    await fc.assert(
      fc.property(texts, borders, (parts, places) => {
        const text = parts.join("");
        const [whole] = lines(fileOf(text)).files;
        const size = whole?.fileBytes ?? 0;
        const cuts = [0, ...places.map((place) => place % (size + 1)).toSorted((a, b) => a - b), size];
        const slices = cuts.slice(1).map((to, place) => ({ ...whole, from: cuts[place], to }) as FileSlice);
        expect(slices.flatMap(readLines)).toEqual(linesByHand(text));
        expect(slices.map(readText).join("")).toBe(text);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it.each(["\r\n", "\n"])("are found beyond what is read at once: %j", (end) => {
    for (const length of [65_534, 65_535, 65_536, 65_537]) {
      const [whole] = lines(fileOf(`${"x".repeat(length)}${end}last`)).files;
      const halves = [0, 1].map((from) => ({ ...whole, from, to: from === 0 ? 1 : whole?.fileBytes }) as FileSlice);
      expect(halves.map((half) => readLines(half).map((line) => line.length))).toEqual([[length], [4]]);
    }
  });

  it("may be 10 MB long", async () => {
    const long = "x".repeat(10_000_000);
    const read = await linesIn(fileOf(`short\n${long}\nlast\n`), 1_000_000);
    expect(read.map(({ length }) => length)).toEqual([5, 10_000_000, 4]);
  });

  it("keep a BOM that is not at the start", () => {
    const [slice] = lines(fileOf("a\n\uFEFFb\n")).files;
    expect(slice && readText(slice)).toBe("a\n\uFEFFb\n");
  });

  it("that are not UTF-8 are refused with the number of the line, in whichever slice they are", async () => {
    const path = fileOf(Buffer.from("one\ntwo\nM\xfcller\nfour\n", "latin1"));
    for (let sliceBytes = 1; sliceBytes <= 30; sliceBytes += 1) {
      const slices = await slicesOf(path, sliceBytes);
      expect(() => slices.map(readLines)).toThrow(`${path} line 3 is not UTF-8`);
    }
  });

  it.each([
    ["gzip", new Uint8Array([0x1f, 0x8b, 8, 0]), /it must be UTF-8 text, and is compressed with gzip/],
    ["UTF-16", Buffer.from("one\n", "utf16le"), /it must be UTF-8 text, and seems to be UTF-16/],
  ])("are refused before they are cut where the file is %s, which bytes are not", (_, content, message) => {
    expect(() => lines(fileOf(content))).toThrowError(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(message) as unknown }),
    );
    expect(bytes(fileOf(content)).files).toHaveLength(1);
  });
});

describe("a file that is not as it was", () => {
  it("is refused when it has grown", () => {
    const path = fileOf("12345");
    const [slice] = bytes(path).files;
    appendFileSync(path, "6");
    expect(() => slice && readBytes(slice)).toThrowError(
      expect.objectContaining({ code: "FILE_CHANGED", message: expect.stringContaining("has 6 bytes") as unknown }),
    );
  });

  it("is refused when it has the same size, and was written later", () => {
    const path = fileOf("12345");
    const [slice] = lines(path).files;
    utimesSync(path, 1, 1);
    expect(() => slice && readLines(slice)).toThrowError(expect.objectContaining({ code: "FILE_CHANGED" }));
  });

  it.each([5, 65_536, 65_537, 1_000_000])(
    "is refused when another of its %d bytes and its time took its place",
    (size) => {
      const path = fileOf("1".repeat(size));
      utimesSync(path, 1, 1);
      const [slice] = lines(path).files;
      expect(slice && readText(slice)).toHaveLength(size);
      writeFileSync(path, "2".repeat(size));
      utimesSync(path, 1, 1);
      expect(lines(path).files[0]).not.toEqual(slice);
      expect(() => slice && readText(slice)).toThrowError(expect.objectContaining({ code: "FILE_CHANGED" }));
    },
  );
});

describe("where others may name files of the working folder only", () => {
  const refused = expect.objectContaining({ code: "FILE_NOT_ALLOWED" }) as Error;
  const elsewhere = mkdtempSync(join(tmpdir(), "callgrid-file-slice-"));
  afterAll(() => rmSync(elsewhere, { recursive: true }));

  it("a file elsewhere is read for slices that show its sample, and for no others", () => {
    const path = fileOf("one\nhunter2");
    const [slice] = lines(path).files;
    if (slice === undefined) return expect.fail("no slice");
    const { sample, ...without } = slice;
    vi.spyOn(process, "cwd").mockReturnValue(elsewhere);
    const sampleOfNothing = bytes(fileOf("")).files[0]?.sample ?? "";
    const end = limitDataFolders();
    onTestFinished(() => {
      end();
      vi.restoreAllMocks();
    });
    expect(readLines(slice)).toEqual(["one", "hunter2"]);
    for (const forged of [without, { ...slice, sample: "" }, { ...slice, sample: `${sample?.slice(1)}-` }])
      expect(() => readLines(forged)).toThrowError(refused);
    expect(() => lines(path)).toThrowError(refused);
    const made = { file: "/proc/self/environ", from: 0, to: 4_096, fileBytes: 0, modifiedMs: 0 };
    for (const empty of [fileOf(""), "/proc/self/environ"])
      expect(() => readBytes({ ...made, file: empty, sample: sampleOfNothing })).toThrowError(refused);
    writeFileSync(path, "one\nchanged");
    expect(() => readLines(slice)).toThrowError(refused);
  });
});

describe("files as data", () => {
  it("are covered once by ranges of any size, small ones together", async () => {
    const paths = ["12345", "", "678", "9"].map(fileOf);
    for (const units of [1, 2, 4, 100]) {
      const source = new FileSource(bytes(paths));
      let text = "";
      for (let chunk = await source.take(units); chunk !== undefined; chunk = await source.take(units)) {
        if (!("list" in chunk.slices)) throw new Error("a list was expected");
        expect(chunk.units).toBeLessThanOrEqual(units);
        for (const slice of chunk.slices.list as FileSlice[]) text += Buffer.from(readBytes(slice)).toString();
      }
      expect(text).toBe("123456789");
    }
    expect(new FileSource(bytes(paths)).totalUnits).toBe(9);
  });

  it("that may not be read are refused", () => {
    const secret = fileOf("1");
    chmodSync(folder, 0o755);
    chmodSync(secret, 0);
    // root may read everything, so a process of its own gives that up once it has loaded what it needs
    const program = `
      import { bytes } from ${JSON.stringify(new URL("file-source.ts", import.meta.url).href)};
      if (process.getuid() === 0) process.setuid(65_534);
      try { bytes(${JSON.stringify(secret)}); } catch (error) { process.stdout.write(error.message); }`;
    const printed = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program]);
    expect(printed.toString()).toMatch(/^bytes\.files\[0\]: .* cannot be read: EACCES/);
  });

  it("that are missing or are folders are refused with their place in the list", () => {
    const good = fileOf("1");
    expect(() => bytes([good, join(folder, "none")])).toThrow(/bytes\.files\[1\]: .*none cannot be read: ENOENT/);
    expect(() => bytes(join(good, "inner"))).toThrow(/inner cannot be read: ENOTDIR/);
    mkdirSync(join(folder, "sub"));
    expect(() => lines(join(folder, "sub"))).toThrow(/lines\.files\[0\]: .*it is not a file/);
    expect(() => lines(good, { sliceBytes: 0 })).toThrow(/lines\.sliceBytes/);
  });
});
