/** Modules that Node itself loads: in a test's own process vitest does, in another way. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const asCommonJs = "{}";
const asModules = '{"type":"module"}';
const awaits = "export const two = await Promise.resolve(2);";

const mismatches: ReadonlyArray<[what: string, name: string, text: string, manifest: string, hint: RegExp]> = [
  ["import in .cjs", "f.cjs", 'import "node:fs";', asModules, /it ends with \.cjs.* name the file f\.mjs$/],
  ["export in .cjs", "f.cjs", "export const f = 1;", asModules, /it ends with \.cjs.* name the file f\.mjs$/],
  ["require in an ES module", "f.mjs", 'require("node:fs");', asCommonJs, /for an ES module, which has no "require"/],
  [
    "exports in a package of ES modules",
    "f.js",
    "exports.f = 1;",
    asModules,
    /for an ES module, which has no "exports"/,
  ],
  ["__dirname in an ES module", "f.mjs", "__dirname;", asModules, /for an ES module, which has no "__dirname"/],
  ["await in TypeScript", "f.ts", awaits, asCommonJs, /package\.json has no "type": "module".* name the file f\.mts$/],
  ["await in TSX", "f.tsx", awaits, asCommonJs, /package\.json has no "type": "module".* name the file f\.mts$/],
  ["await in .cts", "f.cts", awaits, asModules, /it ends with \.cts.* name the file f\.mts$/],
];
const otherFailures: ReadonlyArray<[name: string, text: string]> = [
  ["f.ts", 'throw new Error("no settings");'],
  ["f.cjs", 'throw new Error("no settings");'],
  ["f.mjs", "const = ;"],
];

const moduleImport = new URL("../../dist/functions/module-import.js", import.meta.url).href;
const program = `
  const { importModule } = await import(${JSON.stringify(moduleImport)});
  const failures = [];
  for (const path of process.argv.slice(1)) failures.push(await importModule(path).then(() => "loaded", ({ message }) => message));
  console.log(JSON.stringify(failures));`;
let folder: string;
let failures: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "callgrid-hints-"));
  const others = otherFailures.map(([name, text]) => [name, text, asCommonJs] as const);
  const all = [...mismatches.map(([, name, text, manifest]) => [name, text, manifest] as const), ...others];
  const paths = await Promise.all(all.map((module, place) => writeModule(String(place), ...module)));
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, ...paths]);
  failures = JSON.parse(stdout) as string[];
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** In a package of its own. */
async function writeModule(place: string, name: string, text: string, manifest: string): Promise<string> {
  await mkdir(join(folder, place));
  await writeFile(join(folder, place, "package.json"), manifest);
  await writeFile(join(folder, place, name), text);
  return join(folder, place, name);
}

it.each(mismatches.map(([what, , , , hint], place) => [what, hint, place] as const))(
  "%s is refused with what to change",
  (_, hint, place) => expect(failures[place]).toMatch(hint),
);

it.each(otherFailures.map(([name, text], place) => [name, text, mismatches.length + place] as const))(
  "%s that fails for another reason gets no hint: %s",
  (_, __, place) => {
    expect(failures[place]).toContain("could not be loaded");
    expect(failures[place]).not.toContain("Node takes");
  },
);
