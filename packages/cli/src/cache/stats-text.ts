/** The kept results of a pool, as `cache stats` prints them. */
import type { CacheStats } from "@callgrid/client";
import { counted, durationText } from "../terminal/durations.ts";
import { type TableStyle, tableText } from "../terminal/table.ts";

/** A line on the whole, and a table of the functions. */
export function statsText({ results, bytes, hits, misses, functions }: CacheStats, style: TableStyle): string {
  const whole = `${counted(results, "result")} kept, ${bytes} bytes; ${counted(hits, "hit")}, ${misses} ${misses === 1 ? "miss" : "misses"}`;
  if (functions.length === 0) return whole;
  const rows = functions.map(({ functionName, hits, evaluations, savedMs }) => [
    functionName,
    String(hits),
    String(evaluations),
    savedMs === undefined ? "?" : durationText(savedMs),
  ]);
  return [whole, "", tableText({ heads: ["function", "hits", "evaluations", "time saved"], rows }, style)].join("\n");
}
