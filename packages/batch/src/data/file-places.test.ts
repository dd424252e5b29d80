import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkFilePlaces } from "./file-places.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-file-places-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  writeFileSync(at("old"), "");
  mkdirSync(at("sub"));
  symlinkSync("old", at("link-to-old"));
  symlinkSync("new", at("link-to-new"));
  symlinkSync(folder, at("sub/up"));
  linkSync(at("old"), at("hard-link-to-old"));
  symlinkSync("circle", at("circle"));
});

const file = (option: string, path: string) => ({ option, path });

describe("an output", () => {
  it.each([
    ["the same path", at("old"), at("old")],
    ["a path that is written in another way", at("sub/../old"), relative(process.cwd(), at("old"))],
    ["a symbolic link", at("link-to-old"), at("old")],
    ["a hard link", at("hard-link-to-old"), at("old")],
    ["a path behind a linked folder", at("sub/up/old"), at("old")],
  ])("that is an input is refused: %s", (_, one, other) => {
    const places = { inputs: [file("--items", other)], outputs: [file("--csv", one)] };
    expect(() => checkFilePlaces(places)).toThrow(`--csv ${one} would overwrite --items ${other}: they are one file`);
  });

  it.each([
    ["the same path", at("old"), at("old")],
    ["a hard link", at("hard-link-to-old"), at("old")],
    ["the same new path", at("new"), at("sub/../new")],
    ["a symbolic link to a new path", at("link-to-new"), at("new")],
    ["a new path behind a linked folder", at("sub/up/new"), at("new")],
  ])("that is another output is refused: %s", (_, one, other) => {
    const places = { inputs: [], outputs: [file("--ndjson", other), file("--csv", one)] };
    expect(() => checkFilePlaces(places)).toThrow(`--csv ${one} would overwrite --ndjson ${other}: they are one file`);
  });

  it("that is a file of its own, or a device, is taken", () => {
    const inputs = [file("--items", at("old")), file("--lines", at("missing/x")), file("--functions", at("sub"))];
    const outputs = ["new", "New", "sub/new", "sub/old"].map((name) => file("--csv", at(name)));
    const devices = ["--failed", "--report"].map((option) => file(option, "/dev/null"));
    expect(() => checkFilePlaces({ inputs, outputs: [...outputs, ...devices] })).not.toThrow();
  });

  it("gets its folder where it asks for that", () => {
    const output = { ...file("--checkpoint", at("made/by/it")), makesFolder: true };
    checkFilePlaces({ inputs: [], outputs: [output] });
    expect(existsSync(at("made/by"))).toBe(true);
    const below = { ...output, path: at("old/x") };
    expect(() => checkFilePlaces({ inputs: [], outputs: [below] })).toThrow(/--checkpoint .* cannot be written: E/);
  });

  it.each([
    [at("missing/x"), /cannot be written: ENOENT/],
    // Node 20 and 24 ask in different ways
    [at("old/x"), /cannot be written: (?:ENOTDIR|EACCES)/],
    [at("sub"), /cannot be written: it is a folder/],
    [at("circle"), /cannot be written: ELOOP/],
  ])("that cannot be written is refused: %s", (path, message) => {
    expect(() => checkFilePlaces({ inputs: [], outputs: [file("--csv", path)] })).toThrowError(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(message) as unknown }),
    );
  });
});
