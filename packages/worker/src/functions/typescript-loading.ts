/**
 * Who loads a TypeScript module: the runtime itself if it can, else tsx if it is installed. The module and all that it imports are parsed
 * before the import, so that nothing runs twice. Where something is in the way and tsx is missing, the runtime tries, since hooks of the user may help.
 */
import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { messageOf, readProperty } from "@callgrid/core";
import { processGraph } from "../versions/code-versions.ts";
import type { Obstacle } from "./node-obstacles.ts";

const loadsAllTypeScript = process.versions["bun"] !== undefined || process.versions["deno"] !== undefined;
/** False in Node before 22.18. */
const loadsTypeScript = typeof Reflect.get(process.features, "typescript") === "string";
const maxReported = 5;
/** In which tsx takes the path of a tsconfig.json. */
const settingsVariable = "TSX_TSCONFIG_PATH";
const remedy = "install tsx (npm install tsx), or compile the module to JavaScript";

/** Has tsx load modules from now on if the runtime alone cannot load this one. Returns what is in the way of the runtime if tsx is missing. */
export async function prepareTypeScript(path: string): Promise<readonly string[]> {
  const obstacles = loadsAllTypeScript ? [] : await obstaclesOf(realpathSync(path));
  if (obstacles.length > 0 && (await registerTsx(path))) return [];
  for (const { sentence, isSilent } of obstacles)
    if (isSilent === true) process.emitWarning(sentence, { code: "CALLGRID_TYPESCRIPT" });
  return obstacles.map(({ sentence }) => sentence);
}

/** Whether a module failed because it could not be loaded, and not by an exception of its own. */
export function isOfLoader(cause: unknown): boolean {
  return cause instanceof SyntaxError || /^ERR_/.test(String(readProperty(cause, "code")));
}

interface Reason {
  readonly sentence: string;
  readonly isSilent?: boolean | undefined;
}

async function obstaclesOf(path: string): Promise<readonly Reason[]> {
  if (!loadsTypeScript)
    return [{ sentence: `Node ${process.versions.node} does not load TypeScript: use Node 22.18 or later, ${remedy}` }];
  if (/[\\/]node_modules[\\/]/.test(path))
    return [{ sentence: `Node loads no TypeScript below node_modules: ${remedy}` }];
  try {
    const [graph, { obstaclesIn }] = await Promise.all([processGraph(), import("./node-obstacles.ts")]);
    return graph
      .modulesUnder(path)
      .flatMap((module) => obstaclesIn(module).map((obstacle) => reasonOf(module.source.path, obstacle)))
      .slice(0, maxReported);
  } catch (cause) {
    return [{ sentence: messageOf(cause) }];
  }
}

function reasonOf(path: string, { line, what, instead, isSilent }: Obstacle): Reason {
  return { sentence: `${path}:${line}: Node does not load ${what}: ${instead}, ${remedy}`, isSilent };
}

let registered: Promise<boolean> = Promise.resolve(false);

/** tsx's hooks, once a process, for both kinds of modules: in a package without `"type": "module"` a `.ts` file is CommonJS. */
function registerTsx(path: string): Promise<boolean> {
  // a failure is that of one module: the next may have another tsx
  const before = registered.catch(() => false);
  registered = before.then(async (isRegistered) => {
    if (isRegistered) return true;
    const hooks = await loadTsx(path);
    const { settingsFileOf } = await import("./compiler-settings.ts");
    withSettings(settingsFileOf(realpathSync(path)), () => {
      for (const { register } of hooks) register();
    });
    return hooks.length > 0;
  });
  return registered;
}

/** For the time of the call alone, since processes that the functions start have settings of their own. */
function withSettings(file: string | undefined, register: () => void): void {
  const isGiven = process.env[settingsVariable] !== undefined;
  if (file !== undefined && !isGiven) process.env[settingsVariable] = file;
  try {
    register();
  } finally {
    if (!isGiven) delete process.env[settingsVariable];
  }
}

interface Hooks {
  readonly register: () => unknown;
}

/** Of the tsx that the module's own project has, else of one next to callgrid; empty if neither has it. */
async function loadTsx(path: string): Promise<readonly Hooks[]> {
  const [manifest] = [pathToFileURL(path).href, import.meta.url].flatMap(tsxFrom);
  if (manifest === undefined) return [];
  // as ES modules, which Node does not resolve from another place; what require finds instead cannot register hooks
  const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as {
    readonly exports: Readonly<Record<string, { readonly import: { readonly default: string } } | undefined>>;
  };
  const files = ["./esm/api", "./cjs/api"].flatMap((name) => exports[name]?.import.default ?? []);
  return Promise.all(files.map((file) => import(new URL(file, pathToFileURL(manifest)).href) as Promise<Hooks>));
}

function tsxFrom(place: string): string[] {
  try {
    return [createRequire(place).resolve("tsx/package.json")];
  } catch {
    return [];
  }
}
