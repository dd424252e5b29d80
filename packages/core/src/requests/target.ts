/** Where a request goes: `pool`, or `pool/worker` for one worker alone. */
import { GridError } from "../errors/errors.ts";
import { shortText } from "../text/short-text.ts";

/** A pool, and the worker to which the request is addressed, if one was named. */
export interface Target {
  readonly pool: string;
  readonly worker: string | undefined;
}

const shownCharacters = 200;
const idPattern = /^[A-Za-z0-9_][\w.:-]{0,127}$/;

/** Reads a pool id as callers write it. Throws `INVALID_OPTION` for one that can be none. */
export function parseTarget(poolId: unknown): Target {
  if (typeof poolId !== "string") throw invalidPoolId(poolId);
  const slash = poolId.indexOf("/");
  const pool = slash === -1 ? poolId : poolId.slice(0, slash);
  const worker = slash === -1 ? undefined : poolId.slice(slash + 1);
  if (!idPattern.test(pool) || (worker !== undefined && !idPattern.test(worker))) throw invalidPoolId(poolId);
  return { pool, worker };
}

/** As {@link parseTarget}, where a worker makes no sense. */
export function parsePool(poolId: unknown): string {
  const { pool, worker } = parseTarget(poolId);
  if (worker !== undefined) throw invalidPoolId(poolId);
  return pool;
}

function invalidPoolId(poolId: unknown): GridError {
  const shown = shortText(JSON.stringify(poolId) ?? String(poolId), shownCharacters);
  return new GridError(
    "INVALID_OPTION",
    `invalid pool id ${shown}: must start with a letter, a digit or _, followed by up to 127 letters, ` +
      "digits and . : _ -; to address one worker write pool/worker",
    { details: { path: "poolId" } },
  );
}
