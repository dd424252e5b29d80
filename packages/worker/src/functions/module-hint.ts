/**
 * Says what to change in a module that could not be loaded because it is written as a module of another kind than Node takes it for.
 * Node decides by the extension and, where that leaves it open, by `type` in the nearest package.json.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { messageOf } from "@callgrid/core";

/** What Node and tsx say of ES module syntax in a CommonJS module, and of CommonJS modules that load ES modules. */
const inCommonJs =
  /top-level await|await is only valid|outside a module|token 'export'|import\.meta|require\(\) (of )?ES Module|not in cache|asynchronous module|in a cycle/i;
const inEsModule = /\b(require|module|exports|__filename|__dirname) is not defined/;

/** A sentence with the remedy; undefined where the module failed for another reason. */
export function moduleHint(path: string, cause: unknown): string | undefined {
  const message = messageOf(cause);
  const name = basename(path);
  const commonJs = commonJsReason(path);
  if (inCommonJs.test(message) && commonJs !== undefined)
    return `Node takes ${name} for CommonJS, since ${commonJs.reason}, and functions are in ES modules: ${commonJs.remedy}`;
  const word = inEsModule.exec(message)?.[1];
  if (word !== undefined)
    return `Node takes ${name} for an ES module, which has no "${word}": write import and export instead of require and module.exports, and import.meta.url instead of __filename`;
  return undefined;
}

/** Why Node takes a file for CommonJS, and what makes it an ES module; undefined if it takes it for one. */
export function commonJsReason(path: string): { readonly reason: string; readonly remedy: string } | undefined {
  const extension = extname(path);
  const asModule = `${basename(path, extension)}${extension.replace(/^\.[cm]?/, ".m")}`;
  const rename = `write import and export, and name the file ${asModule}`;
  if (/^\.c[jt]s$/.test(extension)) return { reason: `it ends with ${extension}`, remedy: rename };
  if (/^\.m[jt]s$/.test(extension)) return undefined;
  const file = packageFileOf(dirname(path));
  if (file !== undefined && typeIn(file) === "module") return undefined;
  const reason = file === undefined ? "there is no package.json above it" : `${file} has no "type": "module"`;
  return { reason, remedy: `add that to package.json, or name the file ${asModule.replace(/x$/, "")}` };
}

function packageFileOf(folder: string): string | undefined {
  const file = join(folder, "package.json");
  if (existsSync(file)) return file;
  return dirname(folder) === folder ? undefined : packageFileOf(dirname(folder));
}

function typeIn(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { readonly type?: unknown } | null)?.type;
  } catch {
    return undefined;
  }
}
