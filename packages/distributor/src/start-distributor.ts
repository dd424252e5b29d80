/** Starts a distributor: resolves its options, opens its connections, and closes them with it. */
import { GridError, type Logger, parsePool, systemClock } from "@callgrid/core";
import { openStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import { pino } from "pino";
import { Distributor } from "./distributor.ts";
import {
  type DistributorOptions,
  type DistributorSettings,
  resolveDistributorOptions,
} from "./shared/distributor-options.ts";

/** A distributor that runs. @beta */
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
 * With a `parent` it bridges the two pools while it is head: the parent's work is done in this pool when that is idle, and what
 * this pool does not get on with is done elsewhere.
 *
 * @throws GridError `INVALID_OPTION` for a wrong option, `CONNECTION_FAILED` when the statekeeper cannot be reached within
 *   `connectTimeoutMs`, `REDIS_TOO_OLD`.
 * @example
 * ```ts
 * import { startDistributor } from "callgrid";
 * const distributor = await startDistributor({ pool: "pool", url: "redis://localhost:6379" });
 * await distributor.stop();
 * ```
 * @beta
 */
export async function startDistributor(options: DistributorOptions): Promise<RunningDistributor> {
  const settings = resolveDistributorOptions(options);
  const pool = parsePool((options as DistributorOptions | undefined)?.pool);
  const { url, id, statekeeper: given, parentStatekeeper, bridgePolicy, log = silent(), clock } = options;
  const parent = parentOf(pool, settings, parentStatekeeper !== undefined);
  const opened: Statekeeper[] = [];
  const open = async (at: string): Promise<Statekeeper> => {
    const statekeeper = await openStatekeeper(at, { ...settings, log });
    opened.push(statekeeper);
    return statekeeper;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((statekeeper) => statekeeper.close()));
  };
  let distributor: Distributor | undefined;
  try {
    const statekeeper = given ?? (await open(url ?? defaultUrl()));
    const above =
      parentStatekeeper ?? (settings.parentUrl === undefined ? statekeeper : await open(settings.parentUrl));
    distributor = new Distributor(settings, {
      id,
      keeper: statekeeper.pool(pool),
      parent: parent === undefined ? undefined : above.pool(parent),
      bridgePolicy,
      clock: clock ?? systemClock,
      log,
    });
    await distributor.start();
    return running(distributor, pool, close);
  } catch (error) {
    // the pool may have it as a member although the reply is an error
    await distributor?.stop();
    await close();
    throw error;
  }
}

function running(distributor: Distributor, pool: string, close: () => Promise<void>): RunningDistributor {
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

function silent(): Logger {
  return pino({ level: "silent" });
}

/** The parent pool's id. Pools of two servers may have one name, but a pool that is its own parent would feed itself. */
function parentOf(pool: string, { parent, parentUrl }: DistributorSettings, hasKeeper: boolean): string | undefined {
  if (parent === undefined && parentUrl === undefined && !hasKeeper) return undefined;
  if (parent === undefined) throw invalidParent("parentUrl", "says where a parent is: name it with parent");
  if (parent === pool && parentUrl === undefined && !hasKeeper) {
    throw invalidParent("parent", `a pool cannot be its own parent, and "${pool}" is the pool itself`);
  }
  return parsePool(parent);
}

function invalidParent(name: string, problem: string): GridError {
  const path = `startDistributor.${name}`;
  return new GridError("INVALID_OPTION", `${path}: ${problem}`, { details: { path } });
}
