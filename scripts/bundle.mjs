/**
 * Makes of all packages the one that users install, in packages/callgrid/bundle: the command, the module that users import, and what
 * processes and threads begin with. They come from one build, so that they share their modules. `npm run build` runs it.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { commandSenders, usedCommands } from "./bundle-commands.mjs";
import { bundleInputs } from "./bundle-inputs.mjs";
import { licencesOf } from "./bundle-licences.mjs";
import { bundlePage, pageFolder } from "./bundle-page.mjs";
import { bundleReadme } from "./bundle-readme.mjs";
import { bundleTypes } from "./bundle-types.mjs";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));
const target = join(packages, "callgrid/bundle");
const templateFolder = join(packages, "cli/templates");
const luaFolder = join(packages, "statekeeper/scripts");

/** What users import: `callgrid`, and `callgrid/client`. */
const imported = ["index", "client"];
const forUsers = ["bin", ...imported].map((name) => `callgrid/dist/${name}.js`);
/** How the sources name what processes and threads begin with. */
const named = /\bentryFile\("\.\/([\w-]+\.js)", import\.meta\.url\)/g;

/**
 * Small modules without imports that eight or more processes and commands share are one file. Without this, rolldown makes a file for each set
 * of users that modules have, some of a hundred bytes, and each start reads many of them.
 */
const smallModules = {
  name: (id, modules) => (modules.getModuleInfo(id)?.importedIds.length === 0 ? "small-modules" : null),
  debugName: "small modules",
  test: /packages[\\/][\w-]+[\\/]dist[\\/]/,
  maxModuleSize: 1500,
  minShareCount: 8,
};

/** What npm installs with the bundle: what finds files next to itself at run time, has native parts, or is the user's own version. */
const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(packages, "callgrid/package.json"), "utf8"));
const notBundled = Object.keys({ ...dependencies, ...peerDependencies }).filter(
  (name) => !name.startsWith("@callgrid/"),
);

if (isStale()) {
  await bundle(await bundlePage());
}

async function bundle(pageModules) {
  const bundler = await rolldown({
    input: Object.fromEntries(
      [...forUsers, ...namedEntries()].map((path) => [basename(path, ".js"), join(packages, path)]),
    ),
    platform: "node",
    onLog(level, log, report) {
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
      report(level, log);
    },
    external: (id) => notBundled.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [
      filesAsText("/redis/scripts/script-files.js", "scriptFile", () => textsOf(luaFolder, luaFiles())),
      filesAsText("/cli/dist/files/template-file.js", "templateFile", () => textsOf(templateFolder, templateFiles())),
      filesAsText("/dashboard/dist/serve/page-content.js", "pageContent", () => textsOf(pageFolder, pageFiles())),
      fewerCommands(),
      licences(pageModules),
    ],
  });
  await mkdir(target, { recursive: true });
  const { output } = await bundler.write({
    dir: target,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    keepNames: true,
    codeSplitting: { groups: [smallModules] },
    // one character beyond Latin-1, in a comment of a Lua script, and the whole file takes two bytes a character, and longer to load
    charset: "ascii",
    // lines stay: for an error that is not caught, Node prints the whole line that throws
    minify: { compress: { dropDebugger: false }, mangle: false, codegen: { removeWhitespace: false } },
  });
  await bundler.close();
  const types = await bundleTypes(imported, target);
  const written = new Set([...types, ...output.map(({ fileName }) => fileName)]);
  for (const name of readdirSync(target)) if (!written.has(name)) await rm(join(target, name));
  await chmod(join(target, "bin.js"), 0o755);
  bundleReadme();
}

/** Compiled files; each is in the bundle under its own name, next to the code that names it. */
function namedEntries() {
  return readdirSync(packages, { recursive: true })
    .filter((path) => /^[a-z]+\/src\/.*\.ts$/.test(path) && !path.endsWith(".test.ts"))
    .flatMap((path) => {
      const folder = dirname(path).replace("/src", "/dist");
      return [...readFileSync(join(packages, path), "utf8").matchAll(named)].map(([, name]) => join(folder, name));
    });
}

/** Puts the texts of files in place of the module that reads them by name. */
function filesAsText(module, reader, texts) {
  return {
    name: reader,
    load(id) {
      if (!id.endsWith(module)) return undefined;
      return `const texts = ${JSON.stringify(texts())};\nexport const ${reader} = (name) => texts[name];\n`;
    },
  };
}

/** Leaves of ioredis's table of commands those that are sent. */
function fewerCommands() {
  return {
    name: "fewer-commands",
    load(id) {
      if (!id.endsWith("/@ioredis/commands/built/commands.json")) return undefined;
      return JSON.stringify(usedCommands(JSON.parse(readFileSync(id, "utf8")), commandSenders()));
    },
  };
}

/** Writes the licences of all libraries that are in the output, or in the page within it. */
function licences(pageModules) {
  return {
    name: "licences",
    generateBundle(_options, output) {
      const modules = Object.values(output).flatMap(({ moduleIds = [] }) => moduleIds);
      const source = licencesOf([...modules, ...pageModules]);
      this.emitFile({ type: "asset", fileName: "THIRD-PARTY-LICENSES.txt", source });
    },
  };
}

function textsOf(folder, names) {
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

function pageFiles() {
  return readdirSync(pageFolder).filter((name) => /\.(?:html|js|css|svg)$/.test(name));
}

function templateFiles() {
  const entries = readdirSync(templateFolder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(templateFolder, join(parentPath, name)));
}

function luaFiles() {
  return readdirSync(luaFolder, { recursive: true }).filter((path) => path.endsWith(".lua"));
}

/** Whether anything that the bundle is made from is newer. */
function isStale() {
  const made = timeOf(join(target, "bin.js"));
  return bundleInputs().some((path) => timeOf(path) > made);
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
