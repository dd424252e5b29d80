import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { define } from "@callgrid/core";
import { pino } from "pino";
import { afterAll, expect, it } from "vitest";
import { expandSources, loadFunctions } from "./module-loader.ts";

const execute = promisify(execFile);
const folder = realpathSync(mkdtempSync(join(tmpdir(), "callgrid-[patterns]-")));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a module that defines a function of its own name, and returns its path. */
function module(path: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  const name = path.replace(/\W+/g, "_");
  writeFileSync(
    file,
    `import { define } from ${JSON.stringify(import.meta.resolve("@callgrid/core"))};
export const f = define("${name}", () => "${name}");`,
  );
  return file;
}

const late = module("src/z.functions.mjs");
const early = module("src/deep/a.functions.mjs");
const route = module("src/[id].mjs");
for (const other of ["src/node_modules/p/p.functions.mjs", "src/a.functions.d.mts", "src/a.functions.md"])
  module(other);

it("a pattern stands for the modules that it matches, in the order of their paths", async () => {
  expect(await expandSources(join(folder, "src/**/*.functions.*"))).toEqual([early, late]);
  expect(await expandSources(relative(process.cwd(), join(folder, "src/{z,y}.functions.mjs")))).toEqual([late]);
});

it("a pattern without a folder is looked for in the working folder", async () => {
  const script = `console.log(JSON.stringify(await (await import(process.argv[1])).expandSources("*.functions.mjs")))`;
  const loader = import.meta.resolve("@callgrid/worker");
  const { stdout } = await execute(process.execPath, ["--input-type=module", "-e", script, loader], {
    cwd: dirname(late),
  });
  expect(JSON.parse(stdout)).toEqual([late]);
});

it("a missing file in a folder whose name has such characters is that of one module", async () => {
  expect(await expandSources(join(folder, "f.mjs"))).toEqual([join(folder, "f.mjs")]);
});

it("the name of a file is that file, whatever characters it has", async () => {
  expect(await expandSources(route)).toEqual([route]);
});

it("a module that several sources name is loaded once", async () => {
  expect(await expandSources([late, join(folder, "src/*.functions.mjs"), join(folder, "src/**/z*.mjs")])).toEqual([
    late,
  ]);
});

it("URLs and references stay as they are", async () => {
  const f = define("f", () => 1);
  const sources = [pathToFileURL(late), pathToFileURL(route).href, f, { f }];
  expect(await expandSources(sources)).toEqual(sources);
});

it("functions of all modules that match are loaded", async () => {
  const options = { codeVersion: "1", log: pino({ level: "silent" }), isOfProcess: true };
  const { names } = await loadFunctions(join(folder, "src/**/*.functions.mjs"), options);
  expect(names).toEqual(["src_deep_a_functions_mjs", "src_z_functions_mjs"]);
});

it.each([
  ["src/*.tsx", /src\/\*\.tsx: looked for \*\.tsx in .*\/src$/],
  ["lib/*/f.ts", /looked for \*\/f\.ts in .*\/lib, which does not exist$/],
])("the pattern %s matches nothing, and is refused with the folder that was searched", async (pattern, message) => {
  await expect(expandSources(join(folder, pattern))).rejects.toMatchObject({
    code: "INVALID_MODULE",
    message: expect.stringMatching(message) as string,
  });
});
