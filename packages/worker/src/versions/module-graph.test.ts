import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { type CodeState, ModuleGraph } from "./module-graph.ts";

type Files = Readonly<Record<string, string>>;

/** A new folder with these files. */
function folderOf(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), "callgrid-graph-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  write(folder, files);
  return folder;
}

function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function stateIn(folder: string, root = "f.ts"): CodeState {
  const state = new ModuleGraph().stateOf([join(folder, root)], Date.now());
  if (state === undefined) throw new Error(`${root} is missing`);
  return state;
}

const versionOf = (files: Files, root?: string): string => stateIn(folderOf(files), root).version;

const plain = { "f.ts": 'import { k } from "./k.ts";\nexport const f = k;', "k.ts": "export const k = 10;\n" };

/** `text` as a compiler made it of `source`, with the map inside. */
function compiled(source: string, file: string, text: string): string {
  const map = JSON.stringify({ version: 3, sources: [file], sourcesContent: [source], mappings: "" });
  return `${text}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}\n`;
}

it.each<[what: string, other: Files, root?: string]>([
  ["files in another folder", plain],
  ["other line ends", { ...plain, "k.ts": "export const k = 10;\r\n" }],
  ["files next to them that are not imported", { ...plain, "other.ts": "export const other = 1;" }],
  [
    "compiled modules with their source in their maps",
    {
      "f.js": compiled(plain["f.ts"], "../src/f.ts", 'import { k } from "./k.js";export const f = k;'),
      "k.js": compiled(plain["k.ts"], "../src/k.ts", "export const k = 10;"),
    },
    "f.js",
  ],
])("equal versions have %s", (_, other, root) => {
  expect(versionOf(other, root)).toBe(versionOf(plain));
});

it("a compiled module counts as it is where its map lacks the source", () => {
  const map = JSON.stringify({ version: 3, sources: ["../src/k.ts"], mappings: "" });
  const files = { "f.js": "export const k = 10;\n//# sourceMappingURL=f.js.map\n", "f.js.map": map };
  expect(versionOf(files, "f.js")).not.toBe(versionOf({ "f.ts": plain["k.ts"] }));
});

it("a compiled module counts as it is where imports of its source lead nowhere from its folder", () => {
  const text = 'import { k } from "./k.js";export const f = k;';
  const files = { "f.js": compiled('import { k } from "~/k";\nexport const f = k;', "../src/f.ts", text), "k.js": "1" };
  const folder = folderOf(files);
  const before = stateIn(folder, "f.js");
  expect(before.unfollowed).toEqual([]);
  write(folder, { "k.js": "2" });
  expect(stateIn(folder, "f.js").version).not.toBe(before.version);
});

const alias = { "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./lib/*"] } } }' };
const own = (entry: string): Files => ({ "package.json": `{ "name": "me", "imports": { "#k": "${entry}" } }` });

it.each<[what: string, files: Files, changed: Files]>([
  ["the module itself", plain, { "f.ts": `${plain["f.ts"]}\n` }],
  ["a helper", plain, { "k.ts": "export const k = 20;\n" }],
  [
    "a helper of a helper",
    { ...plain, "k.ts": 'export * from "./n.ts";', "n.ts": "export const k = 1;" },
    { "n.ts": "export const k = 2;" },
  ],
  ["a helper without an ending", { "f.ts": 'import "./k";', "k.ts": "1" }, { "k.ts": "2" }],
  ["a helper by the name that it has when compiled", { "f.ts": 'import "./k.js";', "k.ts": "1" }, { "k.ts": "2" }],
  ["the index of a folder", { "f.ts": 'import "./lib";', "lib/index.ts": "1" }, { "lib/index.ts": "2" }],
  ["a helper by a path of tsconfig.json", { ...alias, "f.ts": 'import "@/k";', "lib/k.ts": "1" }, { "lib/k.ts": "2" }],
  ["a helper by a name of package.json", { ...own("./k.ts"), "f.ts": 'import "#k";', "k.ts": "1" }, { "k.ts": "2" }],
  [
    "a module that is imported late",
    { "f.ts": 'export const f = () => import("./k.ts");', "k.ts": "1" },
    { "k.ts": "2" },
  ],
  [
    "a module that is required",
    { "f.cts": 'require("./k.cjs");', "f.ts": 'import "./f.cts";', "k.cjs": "1" },
    { "k.cjs": "2" },
  ],
  ["JSON", { "f.ts": 'import k from "./k.json" with { type: "json" };', "k.json": "1" }, { "k.json": "2" }],
  [
    "one of modules that import each other",
    { "f.ts": 'import "./k.ts";', "k.ts": 'import "./f.ts"; 1' },
    { "k.ts": 'import "./f.ts"; 2' },
  ],
  [
    "the version of a package",
    {
      "f.ts": 'import "lib";',
      "node_modules/lib/package.json": '{ "name": "lib", "version": "1.0.0", "main": "a.js" }',
      "node_modules/lib/a.js": "",
    },
    { "node_modules/lib/package.json": '{ "name": "lib", "version": "1.0.1", "main": "a.js" }' },
  ],
])("another version comes of a change in %s", (_, files, changed) => {
  const folder = folderOf(files);
  const before = stateIn(folder);
  expect(before.unfollowed).toEqual([]);
  write(folder, changed);
  expect(stateIn(folder).version).not.toBe(before.version);
});

it("a package counts by its name and version, and a linked one by its files", () => {
  const linked = folderOf({
    "package.json": '{ "name": "mine", "version": "1.0.0", "type": "module", "main": "m.js" }',
    "m.js": "1",
  });
  const folder = folderOf({
    "f.ts": 'import "lib/deep.js"; import "mine"; import "node:fs";',
    "node_modules/lib/package.json": '{ "name": "lib", "version": "2.1.0" }',
    "node_modules/lib/deep.js": "1",
  });
  symlinkSync(linked, join(folder, "node_modules", "mine"));
  const before = stateIn(folder);
  expect(before.packages).toEqual(["lib@2.1.0"]);
  expect([...before.files.keys()]).toEqual([join(folder, "f.ts"), join(linked, "m.js")]);
  write(folder, { "node_modules/lib/deep.js": "2" });
  expect(stateIn(folder).version).toBe(before.version);
  write(linked, { "m.js": "2" });
  expect(stateIn(folder).version).not.toBe(before.version);
});

it.each([
  ["no version", '{ "name": "lib" }'],
  ["version 0.0.0", '{ "name": "lib", "version": "0.0.0" }'],
  ["the mark of a private one", '{ "name": "lib", "version": "1.0.0", "private": true }'],
  ["no package.json", undefined],
])("an installed package with %s counts by its files", (_, description) => {
  const folder = folderOf({
    "package.json": '{ "name": "app", "version": "1.0.0" }',
    "f.ts": 'import "lib/a.js";',
    "node_modules/lib/a.js": 'import "./b.js";',
    "node_modules/lib/b.js": "1",
    ...(description === undefined ? {} : { "node_modules/lib/package.json": description }),
  });
  const before = stateIn(folder);
  expect(before.packages).toEqual([]);
  write(folder, { "node_modules/lib/b.js": "2" });
  expect(stateIn(folder).version).not.toBe(before.version);
});

it("a package.json within an installed package does not name another package", () => {
  const folder = folderOf({
    "f.ts": 'import "@scope/lib/esm/a.js";',
    "node_modules/@scope/lib/package.json": '{ "name": "@scope/lib", "version": "2.0.0" }',
    "node_modules/@scope/lib/esm/package.json": '{ "name": "esm", "version": "0.0.0" }',
    "node_modules/@scope/lib/esm/a.js": "",
  });
  expect(stateIn(folder).packages).toEqual(["@scope/lib@2.0.0"]);
});

it.each(["-C special", "--conditions=special", "--conditions special"])(
  "imports follow the conditions of %s",
  (option) => {
    vi.stubEnv("NODE_OPTIONS", option);
    onTestFinished(() => void vi.unstubAllEnvs());
    const entry = '{ "special": "./special.ts", "default": "./plain.ts" }';
    const folder = folderOf({
      "package.json": `{ "name": "me", "imports": { "#k": ${entry} } }`,
      "f.ts": 'import "#k";',
      "special.ts": "",
      "plain.ts": "",
    });
    expect([...stateIn(folder).files.keys()]).toEqual([join(folder, "f.ts"), join(folder, "special.ts")]);
  },
);

it("places whose imports cannot be followed are named", () => {
  const folder = folderOf({ "f.ts": 'import "./k.ts";\nimport "./nowhere.ts";', "k.ts": "\nawait import(name);" });
  expect(stateIn(folder).unfollowed).toEqual([`${join(folder, "f.ts")}: ./nowhere.ts`, `${join(folder, "k.ts")}:2`]);
});

it("a file that changes after it was loaded, or between two looks at it, is named as changed", () => {
  const folder = folderOf(plain);
  const graph = new ModuleGraph();
  const look = (loadedAt: number) => graph.stateOf([join(folder, "f.ts")], loadedAt)?.changed;
  expect(look(Date.now())).toEqual([]);
  expect(look(Date.now() - 3_600_000)).toEqual([join(folder, "f.ts"), join(folder, "k.ts")]);
  write(folder, { "k.ts": "export const k = 20;\n" });
  // a tool that copies times as well
  utimesSync(join(folder, "k.ts"), new Date(0), new Date(0));
  expect(look(Date.now() + 1_000)).toEqual([join(folder, "k.ts")]);
});

it("without a module that can be found there is no version", () => {
  expect(new ModuleGraph().stateOf(["[eval]", "/nowhere/f.ts"], Date.now())).toBeUndefined();
});

const inPackage = { "node_modules/p/package.json": '{"name":"p","version":"1.0.0"}', "node_modules/p/lib.js": "" };
const paths = JSON.stringify({ compilerOptions: { paths: { "@/*": ["./*"] } } });

it.each<[what: string, foreign: readonly string[], files: Files]>([
  ["a file by its path", [], { "f.ts": 'import "./k.ts";', "k.ts": "" }],
  ["a file without its ending", ["./k"], { "f.ts": 'import "./k";', "k.ts": "" }],
  ["a TypeScript file as JavaScript", ["./k.js"], { "f.ts": 'import "./k.js";', "k.ts": "" }],
  ["a file that was compiled beside its source", ["./k.js"], { "f.ts": 'import "./k.js";', "k.ts": "", "k.js": "" }],
  ["a folder", ["./k"], { "f.ts": 'import "./k";', "k/index.ts": "" }],
  ["a path of tsconfig.json", ["@/k.ts"], { "f.ts": 'import "@/k.ts";', "k.ts": "", "tsconfig.json": paths }],
  ["a file in a package", [], { "f.ts": 'import "p/lib.js";', ...inPackage }],
  ["a file in a package without its ending", ["p/lib"], { "f.ts": 'import "p/lib";', ...inPackage }],
  ["what is missing", [], { "f.ts": 'import "./k.ts"; import "node:fs"; import "nowhere";' }],
  ["from a module in JavaScript", ["./m"], { "f.ts": 'import "./k.js";', "k.js": 'import "./m";', "m.ts": "" }],
  [
    "from a compiled module, as it is",
    ["./m.js"],
    {
      "f.ts": 'import "./k.js";',
      "k.js": compiled('import "./m.ts";', "../src/k.ts", 'import "./m.js";'),
      "m.ts": "",
      "m.js": "",
    },
  ],
])("imports that Node finds elsewhere than tsx, or not: %s", (_, foreign, files) => {
  const modules = new ModuleGraph().modulesUnder(join(folderOf(files), "f.ts"));
  expect(modules.flatMap(({ foreignLinks }) => foreignLinks.map(({ specifier }) => specifier))).toEqual(foreign);
});
