/** Starts a distributor: resolves its options, opens what it stands on, and closes that again with it. */
import { parsePool, systemClock } from "@callgrid/core";
import { openStatekeeper } from "@callgrid/statekeeper";
import { pino } from "pino";
import { Distributor } from "./distributor.ts";
import { type DistributorOptions, resolveDistributorOptions } from "./distributor-options.ts";

/** A distributor that runs. */
export interface RunningDistributor {
  /** `pool/distributor-…`. */
  readonly id: string;
  readonly pool: string;
  /** Whether it heads the pool now; another distributor of the pool may, and this one then stands by. */
  readonly isHead: boolean;
  /** Gives up the head, so that a standby takes over at once, and leaves the pool. */
  stop(): Promise<void>;
}

/**
 * Starts a distributor in this process. Resolves once it has joined the pool; it need not be the head then.
 *
 * @throws GridError `INVALID_OPTION` for a wrong option, `CONNECTION_FAILED` when the statekeeper cannot be reached within
 *   `connectTimeoutMs`, `REDIS_TOO_OLD`.
 * @example
 * ```ts
 * import { startDistributor } from "callgrid";
 * const distributor = await startDistributor({ pool: "pool", url: "redis://localhost:6379" });
 * await distributor.stop();
 * ```
 */
export async function startDistributor(options: DistributorOptions): Promise<RunningDistributor> {
  const {
    pool: target,
    url,
    id,
    statekeeper: given,
    log = pino({ level: "silent" }),
    clock = systemClock,
    ...rest
  } = options;
  const pool = parsePool(target);
  const settings = resolveDistributorOptions(rest);
  const statekeeper = given ?? (await openStatekeeper(url ?? defaultUrl(), { ...settings, log }));
  const close = async (): Promise<void> => {
    if (given === undefined) await statekeeper.close();
  };
  const distributor = new Distributor(settings, { id, keeper: statekeeper.pool(pool), clock, log });
  try {
    await distributor.start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    id: `${pool}/${distributor.id}`,
    pool,
    get isHead() {
      return distributor.isHead;
    },
    stop: () => distributor.stop().then(close),
  };
}

function defaultUrl(): string {
  return process.env["CALLGRID_URL"] || "redis://localhost:6379";
}
