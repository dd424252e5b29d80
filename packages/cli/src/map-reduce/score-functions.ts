/** What a thread evaluates to score hosts: a user's module is never loaded in the thread of the command. */
import { define, entryFile, GridError, messageOf } from "@callgrid/core";
import { importModule } from "@callgrid/worker";
import type { Host } from "./hosts.ts";

/** The module of this function, for threads. */
export const scoreModule: URL = entryFile("./score-functions.js", import.meta.url);

/** How good a host is by the function `score` of a module; fails with `INVALID_MODULE` for what is not a number of 0 or more. */
export const scoreHost = define(
  "callgrid.score",
  { version: "1", cache: false },
  async (path: string, host: Host): Promise<number> => {
    const score = exportedScore(await importModule(path));
    if (typeof score !== "function") throw new GridError("INVALID_MODULE", `${path} exports no function named score`);
    const value = call(score as (host: Host) => unknown, host, path);
    if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
    const got = value instanceof Promise ? "a promise" : typeof value === "number" ? String(value) : typeof value;
    throw new GridError(
      "INVALID_MODULE",
      `${path}: score must return a number of 0 or more, got ${got} for host ${host.host}`,
    );
  },
);

/** Of a CommonJS module, Node may see the default export alone. */
function exportedScore(exported: object): unknown {
  return Reflect.get(exported, "score") ?? Reflect.get(Object(Reflect.get(exported, "default")), "score");
}

function call(score: (host: Host) => unknown, host: Host, path: string): unknown {
  try {
    return score(host);
  } catch (cause) {
    const message = `${path}: score threw for host ${host.host}: ${messageOf(cause)}`;
    throw new GridError("INVALID_MODULE", message, { cause });
  }
}
