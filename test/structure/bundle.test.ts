/** What users install is complete: what the bundle leaves out is installed with it, and the licences of what is in it are there. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseSync } from "rolldown/utils";
import { expect, onTestFinished, test } from "vitest";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const inputsScript: string = new URL("../../scripts/bundle-inputs.mjs", import.meta.url).href;
const commandsScript: string = new URL("../../scripts/bundle-commands.mjs", import.meta.url).href;
const bundle = join(repository, "packages/callgrid/bundle");
/** That declares a library which sends commands. */
const batch = join(repository, "packages/batch/package.json");

interface CommandsScript {
  usedCommands(table: Readonly<Record<string, unknown>>, folders: readonly string[]): Record<string, unknown>;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(repository, "packages", name, "package.json"), "utf8"));
}

/** What a file of the bundle imports by name, at its start or later. */
function bareImports(file: string): string[] {
  const text = readFileSync(join(bundle, file), "utf8");
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  const specifiers = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value ?? ".")),
    ...dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start, moduleRequest.end)).flatMap(literal),
  ];
  return specifiers.filter((specifier) => !specifier.startsWith(".") && !isBuiltin(specifier));
}

/** The text of a literal; none for an expression, whose value the user's modules and options decide. */
function literal(expression: string): string[] {
  return [...expression.matchAll(/^["'`]([^"'`$]+)["'`]$/g)].map(([, text = ""]) => text);
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

const { dependencies, peerDependencies } = manifestOf("callgrid");
const others = readdirSync(join(repository, "packages")).filter((name) => !name.endsWith("callgrid"));
const libraries = Object.entries({ ...dependencies, ...peerDependencies }).filter(
  ([name]) => !name.startsWith("@callgrid/"),
);

test("the bundle imports what its package declares, and the package declares no library besides", () => {
  const files = readdirSync(bundle).filter((file) => file.endsWith(".js"));
  const imported = new Set(files.flatMap(bareImports).map(packageOf));
  // imported by its path: it may be that of the module's project
  imported.add("tsx");
  // run as a process of its own
  imported.add("postject");
  expect([...imported].sort()).toEqual(libraries.map(([name]) => name).sort());
});

test("the bundle's package declares libraries in the versions of the other packages", () => {
  const declared = others.map(manifestOf).map((each) => ({ ...each.peerDependencies, ...each.dependencies }));
  expect(Object.assign({}, ...declared)).toMatchObject(Object.fromEntries(libraries));
});

/** The licence texts next to the bundle, by name and version of the library. */
function licences(): Map<string, string> {
  const [, ...sections] = readFileSync(join(bundle, "THIRD-PARTY-LICENSES.txt"), "utf8").split(/^-{80}\n/m);
  const titled = /^(\S+ \S+) \(([^)]+)\)\n\n(.+)$/s;
  return new Map(
    sections.map((section) => titled.exec(section) ?? []).map(([, title = "", , text = ""]) => [title, text]),
  );
}

test("every library in the bundle has its licence text next to it", () => {
  const texts = licences();
  expect(texts.size).toBeGreaterThan(40);
  for (const [title, text] of texts) expect(text, title).toMatch(/copyright|licen[cs]e/i);
});

test("the licences are those of all libraries that packages declare and the bundle does not leave out", () => {
  const notBundled = new Set(libraries.map(([name]) => name));
  const declared = others
    .flatMap((name) => Object.keys(manifestOf(name).dependencies ?? {}))
    .filter((name) => !name.startsWith("@callgrid/") && !notBundled.has(name));
  const titles = [...licences().keys()].map((title) => title.split(" ")[0]);
  expect(titles).toEqual(expect.arrayContaining([...declared, "preact", "@preact/signals", "uplot"]));
});

/** What a file of the bundle loads at its start, with what that loads, by the names of the sources. */
function loadedAtStart(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const { staticImports } = parseSync(file, readFileSync(join(bundle, file), "utf8")).module;
  const names = staticImports.map(({ moduleRequest }) => moduleRequest.value).filter((name) => name.startsWith("./"));
  for (const name of names) loadedAtStart(name.slice(2), loaded);
  return loaded;
}

test("the help of all commands needs no command and no client of Redis", () => {
  const files = readdirSync(bundle);
  const [start = ""] = files.filter((file) => /^command-process-.*\.js$/.test(file));
  const texts = [...loadedAtStart(start)].map((file) => readFileSync(join(bundle, file), "utf8"));
  expect(texts.length).toBeGreaterThan(3);
  expect(texts.filter((text) => /\bclass Redis\b|\b\w+Command\s*=\s*\{/.test(text))).toEqual([]);
  const client = [...loadedAtStart("client.js")].map((file) => readFileSync(join(bundle, file), "utf8"));
  expect(client.some((text) => /\bclass Redis\b/.test(text))).toBe(true);
});

test("of the commands that a folder's code names, and of no others, methods are made", async () => {
  const { usedCommands }: CommandsScript = await import(commandsScript);
  const folder = mkdtempSync(join(tmpdir(), "commands-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const code =
    'redis.hgetBuffer(key, field); redis.call("BLMPOP", 0); redis.sort_ro(key); send("restore-asking"); const ttlMs = 1;';
  writeFileSync(join(folder, "code.js"), code);
  const table = ["hget", "blmpop", "sort_ro", "restore-asking", "restore", "sort", "ro", "ttl", "get", "geoadd"];
  const used = usedCommands(Object.fromEntries(table.map((name) => [name, {}])), [folder]);
  expect(Object.keys(used)).toEqual(["hget", "blmpop", "sort_ro", "restore-asking", "restore"]);
});

test("the bundle makes no methods of commands that nothing sends", () => {
  const files = [...loadedAtStart("client.js")].map((file) => readFileSync(join(bundle, file), "utf8"));
  const client = files.filter((text) => /\bclass Redis\b/.test(text)).join("");
  expect(client).toMatch(/\bblmpop\b/);
  expect(client).not.toMatch(/\bgeosearchstore\b|\bbitfield_ro\b/);
});

test("the bundle has every command that callgrid's code calls as a method", () => {
  const { list }: { list: readonly string[] } = createRequire(createRequire(batch).resolve("ioredis"))(
    "@ioredis/commands",
  );
  const code = others
    .map((name) => join(repository, "packages", name, "dist"))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)))
    .filter((path) => path.endsWith(".js"))
    .map((path) => readFileSync(path, "utf8"));
  const called = new Set(
    code.flatMap((text) => [...text.matchAll(/\.([a-z]\w*?)(?:Buffer)?\(/g)].map(([, name]) => name)),
  );
  const bundled = [...loadedAtStart("client.js")].map((file) => readFileSync(join(bundle, file), "utf8")).join("");
  const needed = list.filter((name) => called.has(name));
  expect(needed).toEqual(expect.arrayContaining(["blmpop", "evalsha", "hget", "info"]));
  expect(needed.filter((name) => !new RegExp(`["{,\\s]${name}["]?:\\s*\\{\\s*arity:`).test(bundled))).toEqual([]);
});

test("an error that a program does not catch is shown with the line that throws, not with a page of code", () => {
  const program = `import { connect } from ${JSON.stringify(pathToFileURL(join(bundle, "index.js")).href)}; await connect(1);`;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
  expect(stderr).toContain("connect: the URL must be a text");
  expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBeLessThan(300);
});

test("every package carries the licence of callgrid", () => {
  const licence = readFileSync(join(repository, "LICENSE"), "utf8");
  for (const name of ["callgrid", "create-callgrid", ...others])
    expect(readFileSync(join(repository, "packages", name, "LICENSE"), "utf8"), name).toBe(licence);
});

test("the bundle is made again after a change of a library, of what is left out, or of a script that bundles", async () => {
  const { bundleInputs }: { bundleInputs: () => string[] } = await import(inputsScript);
  const inputs = new Set(bundleInputs().map((path) => relative(repository, path)));
  const scripts = ["bundle.mjs", ...imports("bundle.mjs")].map((name) => `scripts/${name}`);
  expect([...inputs]).toEqual(
    expect.arrayContaining([
      "package-lock.json",
      "packages/callgrid/package.json",
      "packages/callgrid/dist/bin.js",
      ...scripts,
    ]),
  );
  expect([...inputs].filter((path) => path.startsWith("scripts/")).sort()).toEqual([...new Set(scripts)].sort());
});

/** The scripts that a script imports, and those that these import. */
function imports(script: string): string[] {
  const text = readFileSync(join(repository, "scripts", script), "utf8");
  return [...text.matchAll(/ from "\.\/([^"]+)"/g)].flatMap(([, name = ""]) => [name, ...imports(name)]);
}
