/** A module of the user's that says how good a host is. */
import { GridError } from "@callgrid/core";
import { importModule } from "@callgrid/worker";
import type { ScoreHost } from "./hosts.ts";

/** Its function `score`, undefined where no module is given; throws `INVALID_MODULE`. TypeScript or JavaScript. */
export async function scoreFrom(path: string | undefined): Promise<ScoreHost | undefined> {
  if (path === undefined) return undefined;
  const score = Reflect.get(await importModule(path), "score") as unknown;
  if (typeof score !== "function") throw new GridError("INVALID_MODULE", `${path} exports no function named score`);
  return score as ScoreHost;
}
