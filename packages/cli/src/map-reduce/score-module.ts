/** A module of the user's that says how good hosts are. It is asked in a thread of its own. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { GridError, messageOf, requestTreeOf } from "@callgrid/core";
import type { Logger } from "pino";
import type { Embedded } from "../command-line/command.ts";
import type { Host, ScoreHost } from "./hosts.ts";
import { scoreHost, scoreModule } from "./score-functions.ts";

/** Whom to ask, and where. */
export interface ScoreQuestion {
  /** The module, TypeScript or JavaScript; undefined if the hosts have no score module. */
  readonly path: string | undefined;
  readonly hosts: readonly Host[];
  readonly embedded: Embedded;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * What its function `score` says of the hosts; undefined where no module is given.
 *
 * @throws GridError `INVALID_MODULE` for a module that is missing, fails to load, or whose scores are not numbers of 0 or more.
 */
export async function scoreFrom(question: ScoreQuestion): Promise<ScoreHost | undefined> {
  const { path, hosts, embedded, log, signal } = question;
  if (path === undefined) return undefined;
  const grid = await embedded.localGrid({ functions: [scoreModule.href], workers: 1, log });
  try {
    const module = path.startsWith("file:") ? fileURLToPath(path) : resolve(path);
    const requests = hosts.map((host) => [scoreHost, module, host] as const);
    const scores = await grid.enqueueAll(grid.pool, requests, { signal });
    return (host) => scores[hosts.indexOf(host)] ?? 0;
  } catch (error) {
    const tree = requestTreeOf(error);
    if (tree === undefined) throw error;
    throw new GridError("INVALID_MODULE", tree.code === "INVALID_MODULE" ? tree.msg : messageOf(error), {
      cause: error,
    });
  } finally {
    await grid.close();
  }
}
