/** A module of the user's that says how good a host is. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { GridError } from "@callgrid/core";
import type { ScoreHost } from "./hosts.ts";

/** Its function `score`, undefined where no module is given; throws `INVALID_MODULE`. JavaScript, or TypeScript that Node itself can load. */
export async function scoreFrom(path: string | undefined): Promise<ScoreHost | undefined> {
  if (path === undefined) return undefined;
  const module = await load(path);
  const score = Reflect.get(module, "score") as unknown;
  if (typeof score !== "function") throw new GridError("INVALID_MODULE", `${path} exports no function named score`);
  return score as ScoreHost;
}

async function load(path: string): Promise<object> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as object;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GridError("INVALID_MODULE", `${path} could not be loaded: ${reason}`, { cause });
  }
}
