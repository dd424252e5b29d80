/** Keys are read by SCAN, a thousand at a time, so that no command keeps others waiting. */
import type { Redis } from "ioredis";
import type { KeptAmount } from "../contract/contract.ts";
import type { ScriptRunner } from "./scripts/script-runner.ts";
import { keyNames } from "./wire/keys.ts";

const keysPerStep = 1_000;

/** All keys that start with this; names hold nothing that has a meaning in a pattern. */
export function scanKeys(redis: Redis, prefix: string): AsyncIterable<string[]> {
  return redis.scanStream({ match: `${prefix}*`, count: keysPerStep }) as AsyncIterable<string[]>;
}

/**
 * Counts the kept results of the pool with this prefix. It keeps no key: one that Redis moves meanwhile is counted twice.
 *
 * @throws GridError `STATEKEEPER_REFUSED` for a user without the right to `SCAN` or `STRLEN`.
 */
export async function measureResults(runner: ScriptRunner, prefix: string): Promise<KeptAmount> {
  let [results, bytes, cursor] = [0, 0, "0"];
  const match = `${prefix}${keyNames.resultOf}*`;
  do {
    const from = cursor;
    const [next, keys] = await runner.read("scan", (redis) => redis.scan(from, "MATCH", match, "COUNT", keysPerStep));
    const lengths = await runner.read("strlen", (redis) => Promise.all(keys.map((key) => redis.strlen(key))));
    // one whose time is over by now is 0 long
    results += lengths.filter((length) => length > 0).length;
    bytes += lengths.reduce((sum, length) => sum + length, 0);
    cursor = next;
  } while (cursor !== "0");
  return { results, bytes };
}
