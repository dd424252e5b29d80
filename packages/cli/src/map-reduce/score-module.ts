/** A module of the user's that says how good a host is. */
import { GridError, messageOf } from "@callgrid/core";
import { importModule } from "@callgrid/worker";
import type { Host, ScoreHost } from "./hosts.ts";

/**
 * Its function `score`, undefined where no module is given. TypeScript or JavaScript. Throws `INVALID_MODULE`, as the function does for
 * a score that is not a number of 0 or more.
 */
export async function scoreFrom(path: string | undefined): Promise<ScoreHost | undefined> {
  if (path === undefined) return undefined;
  const score = Reflect.get(await importModule(path), "score") as unknown;
  if (typeof score !== "function") throw new GridError("INVALID_MODULE", `${path} exports no function named score`);
  return (host) => {
    const value = call(score as (host: Host) => unknown, host, path);
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
    const got = value instanceof Promise ? "a promise" : typeof value === "number" ? String(value) : typeof value;
    throw new GridError(
      "INVALID_MODULE",
      `${path}: score must return a number of 0 or more, got ${got} for host ${host.host}`,
    );
  };
}

function call(score: (host: Host) => unknown, host: Host, path: string): unknown {
  try {
    return score(host);
  } catch (cause) {
    const message = `${path}: score threw for host ${host.host}: ${messageOf(cause)}`;
    throw new GridError("INVALID_MODULE", message, { cause });
  }
}
