/** What packs a sweep and is not installed with callgrid: esbuild, which bundles, and postject, which puts a file into an executable. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { GridError, messageOf } from "@callgrid/core";

const remedy = "callgrid sweep pack needs esbuild and postject: npm install esbuild postject";

/** The bundler. Throws `INVALID_OPTION` where it is not installed. */
export async function loadEsbuild(): Promise<typeof import("esbuild")> {
  try {
    return await import("esbuild");
  } catch (cause) {
    throw missing(cause);
  }
}

/** The script that injects, which prints warnings, so it runs as a process of its own. Throws `INVALID_OPTION` where it is not installed. */
export function postjectScript(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("postject")), "cli.js");
  } catch (cause) {
    throw missing(cause);
  }
}

function missing(cause: unknown): GridError {
  return new GridError("INVALID_OPTION", `${remedy} (${messageOf(cause).split("\n")[0]})`, { cause });
}
