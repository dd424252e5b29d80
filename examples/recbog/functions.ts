/** Recursive bogosity: nothing but calls within calls. What comes back shows each call that was made, and by whom. */
import { setTimeout as sleep } from "node:timers/promises";
import { callReentrant, define } from "callgrid";

/**
 * Sleeps, asks for its children one level down, and returns what they returned, nested.
 *
 * @param ms - how long to sleep first, in ms; 0 does not sleep at all.
 * @param job - distinguishes runs that would otherwise be answered from the cache.
 * @param level - how many levels are below this one.
 * @param fanOut - how many children each has.
 * @param tag - what this one is called; its children are `tag.0`, `tag.1` and so on, so that no two are equal.
 */
export const recbog = define(
  "recbog",
  async (ms: number, job: string, level: number, fanOut: number, tag: string): Promise<string> => {
    if (ms > 0) await sleep(ms);
    if (level === 0) return tag;
    const numbers = Array.from({ length: fanOut }, (_, child) => child);
    const parts = await callReentrant(
      numbers.map((child) => [recbog, ms, job, level - 1, fanOut, `${tag}.${child}`] as const),
    );
    return `${tag}[${parts.join(" ")}]`;
  },
);
