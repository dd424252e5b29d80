import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { define } from "@callgrid/core";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { areModules, type FunctionSources, type LoadOptions, loadFunctions as load } from "./module-loader.ts";

const core = import.meta.resolve("@callgrid/core");
const preamble = `import { define } from ${JSON.stringify(core)};\n`;

const loadFunctions = (sources: FunctionSources, options: Partial<LoadOptions> = {}) =>
  load(sources, { codeVersion: undefined, log: pino({ level: "silent" }), isOfProcess: true, ...options });

/** A folder with modules in it. */
async function modules(files: Readonly<Record<string, string>>): Promise<(name: string) => string> {
  const folder = await mkdtemp(join(tmpdir(), "callgrid-modules-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return (name) => join(folder, name);
}

describe("a module", () => {
  it("gives what it exports and what it defines without", async () => {
    const path = await modules({
      "f.mjs": `${preamble}export const f = define("f", () => 1);\ndefine("hidden", () => 2);\nexport const other = 7;`,
    });
    expect((await loadFunctions(path("f.mjs"))).names.sort()).toEqual(["f", "hidden"]);
  });

  it("may be a data: URL, whose functions have the versions of their texts", async () => {
    const text = `${preamble}export default { whole: define("whole", () => 1) };`;
    const loaded = await loadFunctions(`data:text/javascript,${encodeURIComponent(text)}`, { isOfProcess: false });
    expect(loaded.names).toEqual(["whole"]);
    expect(loaded.notes.size).toBe(0);
    await expect(loadFunctions("data:text/javascript,export default 1;")).rejects.toThrow(
      "the module of a data: URL defines no function",
    );
  });

  it("gives what it passes on from another that was loaded before", async () => {
    const path = await modules({
      "f.mjs": `${preamble}export const f = define("f", () => 1);`,
      "on.mjs": 'export * from "./f.mjs";',
    });
    await loadFunctions(path("f.mjs"));
    expect((await loadFunctions(path("on.mjs"))).names).toEqual(["f"]);
  });

  it("gives its own functions alone when others are loaded at the same time, and the same once more", async () => {
    const path = await modules({
      "slow.mjs": `${preamble}await new Promise((resolve) => setTimeout(resolve, 20));\ndefine("slow", () => 1);`,
      "fast.mjs": `${preamble}define("fast", () => 1);`,
    });
    const loaded = await Promise.all([path("slow.mjs"), path("fast.mjs")].map((source) => loadFunctions(source)));
    expect(loaded.map(({ names }) => names)).toEqual([["slow"], ["fast"]]);
    expect((await loadFunctions(path("slow.mjs"))).names).toEqual(["slow"]);
  });

  it("may be TypeScript", async () => {
    const path = await modules({
      "f.mts": `${preamble}export const f = define("f", (x: number): number => 2 * x);\nexport enum E { A }`,
    });
    expect((await loadFunctions(path("f.mts"))).names).toEqual(["f"]);
  });

  it("is named by URL, or by path from the working folder", async () => {
    const path = await modules({ "f.mjs": `${preamble}define("f", () => 1);` });
    const url = pathToFileURL(path("f.mjs"));
    for (const source of [url, url.href, relative(process.cwd(), path("f.mjs"))]) {
      expect((await loadFunctions(source)).names).toEqual(["f"]);
    }
  });

  it.each<[string, string, RegExp]>([
    ["is missing", "nowhere.mjs", /^there is no module .*nowhere\.mjs$/],
    ["is named without its ending", "plain", /^there is no module .*plain; did you mean plain\.mjs\?$/],
    ["is misspelt", "palin.mjs", /^there is no module .*palin\.mjs; did you mean plain\.mjs\?$/],
    ["is named by another ending", "plain.ts", /^there is no module .*plain\.ts; did you mean plain\.mjs\?$/],
    ["is a folder", ".", /^.* is a folder: name its modules, by a pattern such as '.*\*\.ts'$/],
    ["throws while it is loaded", "throws.mjs", /throws\.mjs could not be loaded: broken/],
    ["cannot be read as a program", "garbage.mjs", /garbage\.mjs could not be loaded: /],
    ["imports what there is not", "imports.mjs", /imports\.mjs could not be loaded: .*elsewhere\.mjs/],
    ["defines nothing", "nothing.mjs", /nothing\.mjs defines no function; make one known/],
    ["exports functions that were not defined", "plain.mjs", /plain\.mjs defines no function/],
  ])("is refused where it %s", async (_, name, message) => {
    const path = await modules({
      "throws.mjs": 'throw new Error("broken");',
      "garbage.mjs": "const = ;",
      "imports.mjs": 'import "./elsewhere.mjs";',
      "nothing.mjs": "export const one = 1;",
      "plain.mjs": "export const f = () => 1;",
    });
    await expect(loadFunctions(path(name))).rejects.toMatchObject({
      code: "INVALID_MODULE",
      message: expect.stringMatching(message) as string,
    });
  });

  it("that is broken hinders no other", async () => {
    const path = await modules({
      "throws.mjs": 'throw new Error("broken");',
      "f.mjs": `${preamble}define("f", () => 1);`,
    });
    const [broken, whole] = await Promise.allSettled([loadFunctions(path("throws.mjs")), loadFunctions(path("f.mjs"))]);
    expect([broken.status, whole.status]).toEqual(["rejected", "fulfilled"]);
  });

  it("that redefines a function of another module is refused", async () => {
    const path = await modules({
      "one.mjs": `${preamble}define("f", () => 1);`,
      "other.mjs": `${preamble}define("f", () => 2);`,
    });
    await expect(loadFunctions([path("one.mjs"), path("other.mjs")])).rejects.toMatchObject({
      code: "FUNCTION_REDEFINED",
    });
  });
});

describe("functions at hand", () => {
  const f = define("f", () => 1);
  const g = define("g", () => 2);

  it.each<[string, object, string[]]>([
    ["one reference", f, ["f"]],
    ["several", [f, g], ["f", "g"]],
    ["an imported module", { f, g, other: 7 }, ["f", "g"]],
  ])("are taken as %s", async (_, source, names) => {
    expect((await loadFunctions(source)).names).toEqual(names);
  });

  it("are refused where none of them was defined", async () => {
    await expect(loadFunctions([{ f: () => 1 }])).rejects.toMatchObject({ code: "INVALID_MODULE" });
    await expect(loadFunctions([() => 1])).rejects.toMatchObject({ code: "INVALID_MODULE" });
  });

  it("cannot be loaded again in another thread, and modules can", () => {
    expect([areModules("f.ts"), areModules(["f.ts", new URL("file:///g.ts")])]).toEqual([true, true]);
    expect([areModules(f), areModules(["f.ts", f])]).toEqual([false, false]);
  });
});

describe("the version of a function", () => {
  const factory = `${preamble}export const make = (name, k) => define(name, (x) => x * k);`;
  const versionOf = async (source: FunctionSources, name: string, options: Partial<LoadOptions> = {}) =>
    (await loadFunctions(source, options)).get(name)?.version;

  it("is that of its module on disk, whether loaded as TypeScript or JavaScript", async () => {
    const text = `${preamble}export const f = define("f", (x) => x);`;
    const path = await modules({ "f.mjs": text, "f.mts": text });
    const versions = [await versionOf(path("f.mjs"), "f"), await versionOf(path("f.mts"), "f")];
    expect(new Set(versions).size).toBe(1);
  });

  it("counts the module that calls a factory, too", async () => {
    const lib = { "make.mjs": factory };
    const using = (k: number) => `import { make } from "./make.mjs"; export const f = make("f", ${k});`;
    const [one, other] = [await modules({ ...lib, "f.mjs": using(2) }), await modules({ ...lib, "f.mjs": using(3) })];
    expect(await versionOf(one("f.mjs"), "f")).not.toBe(await versionOf(other("f.mjs"), "f"));
  });

  it("is the code version where one is given, unless its definition gives one", async () => {
    const path = await modules({
      "f.mjs": `${preamble}define("f", () => 1); define("g", { version: "3" }, () => 2);`,
    });
    const registry = await loadFunctions(path("f.mjs"), { codeVersion: "abc" });
    expect(registry.versions).toEqual(new Map([["f", "abc"], ["g", "3"]])); // biome-ignore format: one line
  });

  it("is no other's once the module has changed after it was loaded, which is logged", async () => {
    const path = await modules({ "f.mjs": `${preamble}import "./k.mjs"; define("f", () => 1);`, "k.mjs": "1" });
    const before = await versionOf(path("f.mjs"), "f");
    await writeFile(path("k.mjs"), "2");
    const logged: unknown[] = [];
    const log = { warn: (...facts: unknown[]) => logged.push(facts) } as LoadOptions["log"];
    const after = await versionOf(path("f.mjs"), "f", { log });
    expect(after).toMatch(/^.{10}-.{22}$/);
    expect(after?.startsWith(`${before}-`)).toBe(true);
    expect(logged).toEqual([[{ places: [path("k.mjs")] }, expect.stringMatching(/changed after they were loaded/)]]);
  });

  it("is noted with the files that it is made of, by their paths from the folder of the package", async () => {
    const text = `${preamble}import "./k.mjs"; define("f", () => 1);`;
    const path = await modules({ "src/f.mjs": text, "src/k.mjs": "1", "package.json": "{}" });
    const { notes, versions } = await loadFunctions(path("src/f.mjs"));
    const hash = expect.any(String) as string;
    expect(notes.get(versions.get("f") ?? "")).toEqual({
      files: { "src/f.mjs": hash, "src/k.mjs": hash },
      packages: [expect.stringMatching(/^@callgrid\/core@/)],
    });
  });

  it("is noted without files where it is given", async () => {
    const path = await modules({ "f.mjs": `${preamble}define("f", { version: "1" }, () => 1);` });
    expect((await loadFunctions(path("f.mjs"))).notes).toEqual(new Map());
  });

  it("is a hash of its text where it is given by reference, and ends with the process", async () => {
    const f = define("f", () => 1);
    expect(await versionOf(f, "f")).toBe(f.definition.version);
    expect(await versionOf(f, "f", { isOfProcess: false })).not.toBe(f.definition.version);
  });

  it("is its own for what is bound or behind a proxy", () => {
    const body = (x: number) => x;
    const all = [body.bind(null), body.bind(null, 2), new Proxy(body, {})].map((f) => define("f", f as typeof body));
    expect(new Set(all.map(({ definition }) => definition.version)).size).toBe(3);
  });
});

it("two functions of a factory under one name are refused, unless each gives a version of its own", async () => {
  const path = await modules({
    "loop.mjs": `${preamble}for (const k of [2, 3]) define("by", (x) => x * k);`,
    "versions.mjs": `${preamble}for (const k of [2, 3]) define("by", { version: String(k) }, (x) => x * k);`,
  });
  await expect(loadFunctions(path("loop.mjs"))).rejects.toMatchObject({ code: "FUNCTION_REDEFINED" });
  expect((await loadFunctions(path("versions.mjs"))).get("by")?.version).toBe("3");
});
