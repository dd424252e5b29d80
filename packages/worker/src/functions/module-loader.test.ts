import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { define } from "@callgrid/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { areModules, loadFunctions } from "./module-loader.ts";

const core = import.meta.resolve("@callgrid/core");
const preamble = `import { define } from ${JSON.stringify(core)};\n`;

/** A folder with modules in it. */
async function modules(files: Readonly<Record<string, string>>): Promise<(name: string) => string> {
  const folder = await mkdtemp(join(tmpdir(), "callgrid-modules-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return (name) => join(folder, name);
}

describe("a module", () => {
  it("gives what it exports and what it defines without", async () => {
    const path = await modules({
      "f.mjs": `${preamble}export const f = define("f", () => 1);\ndefine("hidden", () => 2);\nexport const other = 7;`,
    });
    expect((await loadFunctions(path("f.mjs"))).names.sort()).toEqual(["f", "hidden"]);
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
    ["is a folder", ".", /^there is no module /],
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

  it("that defines a function of another module anew is refused", async () => {
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

  it("cannot be loaded anew in another thread, and modules can", () => {
    expect([areModules("f.ts"), areModules(["f.ts", new URL("file:///g.ts")])]).toEqual([true, true]);
    expect([areModules(f), areModules(["f.ts", f])]).toEqual([false, false]);
  });
});
