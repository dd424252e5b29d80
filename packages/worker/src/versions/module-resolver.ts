/**
 * Which files and packages an import stands for. Loaders differ in what they try (tsx takes `./k.js` for k.ts as well, and knows the paths of
 * tsconfig.json), so each file that one of them would take counts.
 */
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, sep } from "node:path";
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
const typeScriptFirst = [".ts", ".tsx", ".js", ".jsx", ".json", ".mts", ".mjs", ".cts", ".cjs", ".node"];
const plainEndings = [".js", ".json", ".node", ".ts"];

export class ModuleResolver {
  readonly #resolvers: Readonly<Record<ModuleLink["kind"], readonly ResolverFactory[]>> = {
    import: resolversFor("import"),
    require: resolversFor("require"),
  };
  /** By folder, its package as `name@version`, or empty where there is none. */
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

  /** Files of the grid itself, and all below a node_modules folder, are those of a package. Linked packages are files of the user. */
  sorted(paths: readonly string[]): Resolution {
    const files: string[] = [];
    const packages: string[] = [];
    for (const path of paths) {
      const owner = this.#packageOf(dirname(path));
      const isPackage = path.includes(`${sep}node_modules${sep}`) || /^(?:callgrid|@callgrid\/[^@]+)@/.test(owner);
      if (isPackage && owner !== "") packages.push(owner);
      else files.push(path);
    }
    return { files, packages };
  }

  #packageOf(folder: string): string {
    const known = this.#packages.get(folder);
    if (known !== undefined) return known;
    const above = dirname(folder);
    const owner = packageIn(folder) ?? (above === folder ? "" : this.#packageOf(above));
    this.#packages.set(folder, owner);
    return owner;
  }
}

/** Of a URL the path, and of a path all before a query, by which a module is loaded once more. */
function requestOf(specifier: string): string {
  if (specifier.startsWith("file:")) return fileURLToPath(specifier);
  return specifier.startsWith("#") ? specifier : specifier.replace(/[?#].*$/, "");
}

function resolversFor(kind: ModuleLink["kind"]): ResolverFactory[] {
  const options = { conditionNames: [...conditions[kind]], mainFields: ["main"], builtinModules: true };
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

/** A package.json without name or version only sets the kind of modules below it. */
function packageIn(folder: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
    return typeof name === "string" && typeof version === "string" ? `${name}@${version}` : undefined;
  } catch {
    return undefined;
  }
}
