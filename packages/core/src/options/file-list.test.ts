import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { filesIn } from "./file-list.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-file-list-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  return path;
}

it("commas separate names, and blanks around them are left out", () => {
  expect(filesIn("/none/a.txt, /none/b.txt ,c")).toEqual(["/none/a.txt", "/none/b.txt", "c"]);
  for (const empty of [" ", ",", " , "]) expect(filesIn(empty)).toEqual([]);
  expect(filesIn("/none/a.txt,")).toEqual(["/none/a.txt"]);
});

it("what is the name of a file has the commas and blanks that it has", () => {
  const [plain, comma, blank] = [file("a.txt"), file("b, and c,.txt"), file("d.txt ")];
  for (const path of [plain, comma, blank]) expect(filesIn(path)).toEqual([path]);
  expect(filesIn(`${comma},${plain}, ${comma},${blank}`)).toEqual([comma, plain, `${comma}`, blank]);
});

it("commas in the braces of a pattern belong to it", () => {
  const patterns = ["src/{a,b}.ts", "{a,{b,c}/d,e}/*.ts", "f{1,2}{3,4}.ts"];
  expect(filesIn(patterns.join(","))).toEqual(patterns);
  expect(filesIn("{a.ts,b.ts")).toEqual(["{a.ts", "b.ts"]);
});
