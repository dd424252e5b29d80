/** What a pool's counters say of the results that it keeps. Pure. */
import type { KeptAmount, PoolState } from "@callgrid/statekeeper";

/** How the kept results of a function are used. @beta */
export interface FunctionCacheStats {
  readonly functionName: string;
  /** Requests that were answered from a kept result. */
  readonly hits: number;
  /** Evaluations, small calls in workers' memory included. */
  readonly evaluations: number;
  /** How long these hits would have taken in the function itself, by its mean self time, in ms; undefined until that was measured. */
  readonly savedMs: number | undefined;
}

/** The kept results of a pool, and their use since the pool began. @beta */
export interface CacheStats {
  /** How many results are kept, used or not. */
  readonly results: number;
  /** How long their texts are together, in bytes. */
  readonly bytes: number;
  /** Requests that were answered from a kept result. */
  readonly hits: number;
  /** Requests that no kept result answered, and that joined no equal one under way. */
  readonly misses: number;
  /** By name; calls that workers answer from their own memory are not counted as hits. */
  readonly functions: readonly FunctionCacheStats[];
}

function cacheStats({ counters, functions }: PoolState, { results, bytes }: KeptAmount): CacheStats {
  const counted = (name: string): number => counters[name] ?? 0;
  const hits = counted("hits");
  const stats = [...functions.functions].map(([functionName, { selfMicros }]): FunctionCacheStats => {
    const ownHits = counted(`hits:${functionName}`);
    const savedMs = selfMicros === undefined ? undefined : (ownHits * selfMicros) / 1_000;
    return { functionName, hits: ownHits, evaluations: counted(`evaluated:${functionName}`), savedMs };
  });
  return {
    ...{ results, bytes, hits, misses: counted("submitted") - hits - counted("joined") },
    functions: stats.sort((one, other) => (one.functionName < other.functionName ? -1 : 1)),
  };
}

/** Reads them off a pool, in two steps of which the second goes through all keys of its Redis. */
export async function readCacheStats(keeper: {
  inspect(): Promise<PoolState>;
  measureResults(): Promise<KeptAmount>;
}): Promise<CacheStats> {
  return cacheStats(await keeper.inspect(), await keeper.measureResults());
}
