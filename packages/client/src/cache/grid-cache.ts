/** What a caller may ask of the results that a pool keeps. */
import { type Checked, encodeRequest, type Request } from "@callgrid/core";
import type { NotedMismatch, ObservedPool, PoolKeeper } from "@callgrid/statekeeper";
import type { CacheExplanation } from "./cache-explanation.ts";
import { type CacheStats, readCacheStats } from "./cache-stats.ts";
import { explainRequest } from "./explain-request.ts";
import { likelyCause } from "./mismatch-cause.ts";

/** The results that pools keep. Nothing here evaluates, and nothing changes. @beta */
export interface GridCache {
  /**
   * Says whether an equal request would get a kept result, and if not which code has changed since: functions, their versions then and now, and
   * the files in which these differ. Pools know the files for a month after a worker with that version has joined last.
   *
   * @example
   * ```ts
   * const { use, code } = await grid.cache.explain("pool", ["price", "ACME"]);
   * if (use === "code changed") console.log(code.flatMap(({ changedFiles }) => changedFiles));
   * ```
   */
  explain<const R extends Request>(poolId: string, request: R & Checked<R>): Promise<CacheExplanation>;

  /**
   * Counts the kept results, and says how they were used since the pool began. On Redis it goes through all keys of the database, a thousand at a
   * time, and needs the right to `SCAN` and `STRLEN`.
   *
   * @example
   * ```ts
   * const { results, bytes, hits, misses } = await grid.cache.stats("pool");
   * ```
   */
  stats(poolId: string): Promise<CacheStats>;

  /**
   * The functions that have given different values for one request, as workers with the option `verify` have found: the last such request of each, both
   * values, and the likely cause. Their results are delivered and not kept until a new version of the function, or `grid.forget(poolId, name)`.
   *
   * @example
   * ```ts
   * for (const { functionName, evaluations, likelyCause } of await grid.cache.mismatches("pool")) console.log(functionName, evaluations, likelyCause);
   * ```
   */
  mismatches(poolId: string): Promise<readonly FunctionMismatch[]>;
}

/** A function that has given different values for one request. @beta */
export interface FunctionMismatch extends NotedMismatch {
  /** Such as `chance (Math.random, crypto)`, a guess by what differs; undefined where nothing speaks for one. */
  readonly likelyCause: string | undefined;
}

/** Reads them off a pool, with a guess at the cause of each. */
export async function readMismatches(keeper: Pick<ObservedPool, "mismatches">): Promise<readonly FunctionMismatch[]> {
  return (await keeper.mismatches()).map((mismatch) => ({ ...mismatch, likelyCause: likelyCause(mismatch) }));
}

/** What a {@link PoolsCache} needs of its grid. */
export interface PoolsCacheParts {
  /** Throws where the grid has no such pool, or is closed. */
  readonly keeperOf: (poolId: string) => PoolKeeper;
  readonly payloadLimitBytes: number;
}

export class PoolsCache implements GridCache {
  readonly #parts: PoolsCacheParts;

  constructor(parts: PoolsCacheParts) {
    this.#parts = parts;
  }

  async explain(poolId: string, request: Request): Promise<CacheExplanation> {
    const keeper = this.#parts.keeperOf(poolId);
    return explainRequest(keeper, encodeRequest(request, this.#parts.payloadLimitBytes));
  }

  async stats(poolId: string): Promise<CacheStats> {
    return readCacheStats(this.#parts.keeperOf(poolId));
  }

  async mismatches(poolId: string): Promise<readonly FunctionMismatch[]> {
    return readMismatches(this.#parts.keeperOf(poolId));
  }
}
