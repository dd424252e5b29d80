/**
 * Which files and packages an import refers to. Loaders differ in what they try (tsx takes `./k.js` for k.ts as well, and knows the paths
 * of tsconfig.json), so each file that one of them would take counts.
 */
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ResolverFactory } from "oxc-resolver";
import type { ModuleLink } from "./module-links.ts";

/** Files of the user, or a package by name and version. */
export interface Resolution {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

const nothing: Resolution = { files: [], packages: [] };
const conditions = { import: ["node", "import", "module-sync"], require: ["node", "require", "module-sync"] } as const;
const conditionOption = /(?:^|\s)(?:-C|--conditions)[\s=]+["']?([^\s"']+)/g;
const typeScriptFirst = [".ts", ".tsx", ".js", ".jsx", ".json", ".mts", ".mjs", ".cts", ".cjs", ".node"];
const installedTypeScript = /[\\/]node_modules[\\/].*\.[cm]?tsx?$/;
const plainEndings = [".js", ".json", ".node", ".ts"];

export class ModuleResolver {
  /** Of each kind, as Node resolves, and as tsx does. */
  readonly #resolvers: Readonly<Record<ModuleLink["kind"], readonly [plain: ResolverFactory, typed: ResolverFactory]>> =
    {
      import: resolversFor("import"),
      require: resolversFor("require"),
    };
  /** As Node resolves imports of ES modules: it adds neither an ending nor a file of a folder to what is written. */
  readonly #exact = new ResolverFactory({ ...optionsFor("import"), fullySpecified: true });
  /** By folder, its package as `name@version`, or empty where its files are the user's. */
  readonly #packages = new Map<string, string>();

  /** Undefined where nothing is found. */
  resolve(from: string, { specifier, kind }: ModuleLink): Resolution | undefined {
    if (isBuiltin(specifier) || /^(?:data|https?|npm|jsr|bun):/.test(specifier)) return nothing;
    const request = requestOf(specifier);
    const found = new Set<string>();
    for (const resolver of this.#resolvers[kind]) {
      const { path } = resolver.resolveFileSync(from, request);
      if (path !== undefined) found.add(path.replace(/\?.*$/, ""));
    }
    return found.size === 0 ? undefined : this.sorted([...found]);
  }

  /**
   * Whether Node alone takes the file that tsx takes. Of ES modules it looks for a file by exactly its path, it knows no paths of
   * tsconfig.json, and it loads no TypeScript below node_modules. So it is, too, where neither finds anything.
   */
  isFoundByNode(from: string, { specifier, kind }: ModuleLink): boolean {
    if (isBuiltin(specifier)) return true;
    const request = requestOf(specifier);
    const [plain, typed] = this.#resolvers[kind];
    const byTsx = typed.resolveFileSync(from, request).path;
    const byNode = (kind === "import" ? this.#exact : plain).resolveFileSync(from, request).path;
    return byTsx === undefined || (byNode === byTsx && !installedTypeScript.test(byTsx));
  }

  /** Files of the grid itself, and of published packages below a node_modules folder, are those of a package. All others are files of the user. */
  sorted(paths: readonly string[]): Resolution {
    const files: string[] = [];
    const packages: string[] = [];
    for (const path of paths) {
      const owner = this.#packageOf(installedFolder(path) ?? dirname(path));
      if (owner === "") files.push(path);
      else packages.push(owner);
    }
    return { files, packages };
  }

  #packageOf(folder: string): string {
    const known = this.#packages.get(folder);
    if (known !== undefined) return known;
    const above = dirname(folder);
    const ends = above === folder || installedFolder(join(folder, "package.json")) === folder;
    const owner = packageIn(folder) ?? (ends ? "" : this.#packageOf(above));
    this.#packages.set(folder, owner);
    return owner;
  }
}

/** Of a URL the path, and of a path all before a query, by which a module is loaded once more. */
function requestOf(specifier: string): string {
  if (specifier.startsWith("file:")) return fileURLToPath(specifier);
  return specifier.startsWith("#") ? specifier : specifier.replace(/[?#].*$/, "");
}

/** Those that this process was started with. */
function givenConditions(): string[] {
  const options = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  return [...options.matchAll(conditionOption)].flatMap(([, name]) => name ?? []);
}

function optionsFor(kind: ModuleLink["kind"]) {
  return { conditionNames: [...conditions[kind], ...givenConditions()], mainFields: ["main"], builtinModules: true };
}

function resolversFor(kind: ModuleLink["kind"]): [plain: ResolverFactory, typed: ResolverFactory] {
  const options = optionsFor(kind);
  const plain = new ResolverFactory({ ...options, extensions: plainEndings });
  const typed = new ResolverFactory({
    ...options,
    tsconfig: "auto",
    extensions: typeScriptFirst,
    extensionAlias: {
      ".js": [".ts", ".tsx", ".js"],
      ".jsx": [".tsx", ".jsx"],
      ".mjs": [".mts", ".mjs"],
      ".cjs": [".cts", ".cjs"],
      // what a compiler has left of an import of a TypeScript file
      ".ts": [".ts", ".js"],
      ".tsx": [".tsx", ".jsx", ".js"],
      ".mts": [".mts", ".mjs"],
      ".cts": [".cts", ".cjs"],
    },
  });
  return [plain, typed];
}

/** The innermost `node_modules/name` or `node_modules/@scope/name` that the file lies in. */
function installedFolder(path: string): string | undefined {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/s.exec(path)?.[0];
}

/**
 * Undefined where the folder is not that of a package. A package.json without name or version only sets the kind of modules below it.
 * Empty for a package of the user. Without a version of its own that changes with its files, an installed package is one as well.
 */
function packageIn(folder: string): string | undefined {
  const { name, version, private: isPrivate } = readPackage(folder);
  if (typeof name !== "string" || typeof version !== "string") return undefined;
  if (/^(?:callgrid$|@callgrid\/)/.test(name)) return `${name}@${version}`;
  const isPublished = isPrivate !== true && version !== "0.0.0";
  return isPublished && installedFolder(join(folder, "package.json")) === folder ? `${name}@${version}` : "";
}

function readPackage(folder: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}
