/** The package that users install, as npm would pack it. scripts/test-package installs and uses it. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../packages/callgrid", import.meta.url));
const manifest: Manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

interface Manifest {
  readonly version: string;
  readonly main: string;
  readonly types: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function packedFiles(): string[] {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const packed = JSON.parse(execFileSync("npm", args, { cwd: folder, encoding: "utf8" }));
  // an array until npm 11, by name from then on
  const packages = Object.values(packed) as Array<{ readonly files: ReadonlyArray<{ readonly path: string }> }>;
  return packages.flatMap((each) => each.files.map(({ path }) => path));
}

const files = packedFiles();

test("the package has its licence, a README, and every file that its manifest names", () => {
  const { exports, main, types, bin } = manifest;
  const entries = Object.values(exports).flatMap((entry) => Object.values(typeof entry === "string" ? [entry] : entry));
  const named = [main, types, ...Object.values(bin), ...entries].map((path) => String(path).replace(/^\.\//, ""));
  expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", ...named]));
});

test("the package declares no package of this repository", () => {
  const names = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  expect(names.filter((name) => name.startsWith("@callgrid/"))).toEqual([]);
});

test("no other package of the repository can be published, besides the one that creates projects", () => {
  const packages = join(folder, "..");
  const isPrivate = (name: string) => JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8")).private;
  expect(readdirSync(packages).filter((name) => isPrivate(name) !== true)).toEqual(["callgrid", "create-callgrid"]);
});

const manifestAt = (path: string): Manifest =>
  JSON.parse(readFileSync(new URL(`../../${path}/package.json`, import.meta.url), "utf8"));

test("npm create callgrid has the command of its own version", () => {
  expect(manifestAt("packages/create-callgrid").dependencies).toEqual({ callgrid: manifest.version });
});

test.each(["typescript", "javascript"])(
  "a new project in %s needs this version of callgrid, and libraries in the versions that are tested here",
  (language) => {
    const project = manifestAt(`packages/cli/templates/${language}`);
    const own: Readonly<Record<string, string>> = { callgrid: manifest.version };
    const { dependencies, devDependencies } = manifestAt(".");
    const tested = { ...manifest.dependencies, ...dependencies, ...devDependencies, ...own };
    for (const [name, range] of Object.entries({ ...project.dependencies, ...project.devDependencies }))
      expect(range, name).toBe(`^${tested[name]?.replace("^", "")}`);
  },
);

test("the published types need no types of other libraries", () => {
  const declarations = files.filter((path) => path.endsWith(".d.ts"));
  const from = /^(?:im|ex)port\b.* from "([^"]+)";$|\bimport\("([^"]+)"\)/gm;
  const imported = declarations
    .flatMap((path) => [...readFileSync(join(folder, path), "utf8").matchAll(from)])
    .map(([, one, other]) => one ?? other ?? "");
  expect(declarations.length).toBeGreaterThan(1);
  expect(imported.filter((name) => !name.startsWith("./") && !isBuiltin(name))).toEqual([]);
});

test("the links of the packed README lead to the repository's pages", () => {
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const targets = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
  expect(targets.length).toBeGreaterThan(10);
  expect(targets.filter((target) => !/^https:\/\/|^#/.test(target))).toEqual([]);
});
