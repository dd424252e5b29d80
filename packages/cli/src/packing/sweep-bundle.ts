/**
 * Makes one script of callgrid and a sweep, for a process that has no files. Each thread runs it, and loads the modules that it needs out of it.
 * A module of the user sees the URL that it would have beside the executable.
 */

import { readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { dirname, extname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { GridError } from "@callgrid/core";
import type { BuildFailure, Loader, Plugin } from "esbuild";
import { templateFile } from "../files/template-file.ts";
import { loadEsbuild } from "./packing-tools.ts";

/** What processes and threads of a sweep begin with, of callgrid's own bundle. */
const ownModules = [
  "bin.js",
  "local-worker-thread.js",
  "heartbeat-thread.js",
  "sweep-functions.js",
  "worker-functions.js",
];
/** Installed next to callgrid, with native parts; a packed sweep does without. */
const leftOut = /^(?:oxc-parser|oxc-resolver|tsx|@opentelemetry\/api)(?:\/|$)/;

/** What is bundled. */
export interface SweepSource {
  /** The module of the sweep, absolute. */
  readonly module: string;
  /** The folder of callgrid's own bundle. */
  readonly library: URL;
}

/** The script. Throws `INVALID_MODULE` with file and line for what cannot be bundled. */
export async function bundleSweep({ module, library }: SweepSource): Promise<string> {
  const { build } = await loadEsbuild();
  const own = (name: string): string => fileURLToPath(new URL(name, library));
  const entries = [...ownModules.map((name) => [name, own(name)]), ["sweep", module]].map(
    ([name, path]) => `  ${JSON.stringify(name)}: () => import(${JSON.stringify(path)}),`,
  );
  const url = 'const callgridUrl = process.getBuiltinModule("node:url").pathToFileURL(process.execPath).href;\n';
  try {
    const { outputFiles } = await build({
      stdin: {
        contents: `globalThis[Symbol.for("callgrid.packed-modules")] = {\n${entries.join("\n")}\n};\n`,
        resolveDir: dirname(module),
      },
      ...{ bundle: true, write: false, format: "esm", platform: "node", target: "node20.19", logLevel: "silent" },
      mainFields: ["module", "main"],
      alias: { callgrid: own("index.js"), "callgrid/client": own("client.js") },
      define: { "import.meta.url": "callgridUrl" },
      banner: { js: `${url}${templateFile("packed/files.js")}` },
      plugins: [withoutImports, withoutNativeParts, urlsBeside(dirname(module))],
    });
    return outputFiles[0]?.text ?? "";
  } catch (cause) {
    throw unbundled(module, cause);
  }
}

/** A script has no imports, so it gets Node's own modules from the process. */
const withoutImports: Plugin = {
  name: "without-imports",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path }) => (isBuiltin(path) ? { path, namespace: "built-in" } : undefined));
    onLoad({ filter: /.*/, namespace: "built-in" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

const withoutNativeParts: Plugin = {
  name: "without-native-parts",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: leftOut }, ({ path }) => ({ path, namespace: "left-out" }));
    onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not in a packed sweep`)});`,
    }));
  },
};

const loaders: Readonly<Record<string, Loader>> = { ".ts": "ts", ".mts": "ts", ".tsx": "tsx", ".jsx": "jsx" };

/** Gives modules of the user the URL of a file next to the executable, at the place that they have in the folder of the sweep. */
function urlsBeside(folder: string): Plugin {
  return {
    name: "urls-beside",
    setup({ onLoad, esbuild }) {
      onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const place = relative(folder, path).split(sep).join("/");
        if (place.startsWith("..") || place.includes("node_modules/")) return undefined;
        const text = await readFile(path, "utf8");
        if (!text.includes("import.meta")) return undefined;
        const name = "callgridModuleUrl";
        const define = { "import.meta.url": name };
        const loader = loaders[extname(path)] ?? "js";
        const { code } = await esbuild.transform(text, { loader, define, sourcefile: path, format: "esm" });
        return { contents: `const ${name} = new URL(${JSON.stringify(place)}, callgridUrl).href;\n${code}` };
      });
    },
  };
}

function unbundled(module: string, cause: unknown): GridError {
  const { errors = [] } = cause as Partial<BuildFailure>;
  const lines = errors.map(({ text, location }) => (location ? `${location.file}:${location.line}: ${text}` : text));
  return new GridError("INVALID_MODULE", `${module} could not be packed: ${lines.join("\n") || String(cause)}`, {
    cause,
  });
}
