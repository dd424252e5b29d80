/** What the commands that look at a pool have in common: a connection that is there while they look, and ends with them. */

import { parsePool } from "@callgrid/core";
import { openStatekeeper, type PoolKeeper, type Statekeeper } from "@callgrid/statekeeper";
import { unlessAborted, untilInterrupted } from "../command-line/interrupts.ts";
import { logStream, makeLog } from "../logs/log.ts";
import type { CliIo } from "../terminal/io.ts";

/** Where a pool is. */
export interface PoolPlace {
  readonly pool: string;
  readonly url: string;
  readonly grid: string;
  readonly connectTimeoutMs: number;
  readonly logLevel: string | undefined;
}

/** Connects, looks, and disconnects; the first signal ends it. */
export async function withPool<Result>(
  io: CliIo,
  place: PoolPlace,
  look: (keeper: PoolKeeper, statekeeper: Statekeeper) => Promise<Result>,
): Promise<Result> {
  const pool = parsePool(place.pool);
  const log = makeLog(place.logLevel ?? "warn", await logStream(io));
  return untilInterrupted(io, async (first) => {
    const statekeeper = await unlessAborted(first, openStatekeeper(place.url, { ...place, log }));
    try {
      return await unlessAborted(first, look(statekeeper.pool(pool), statekeeper));
    } finally {
      await statekeeper.close();
    }
  });
}
