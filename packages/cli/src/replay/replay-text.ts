/** Where the time of a replay was spent, as `replay` prints it. */
import { durationText } from "../terminal/durations.ts";
import { type TableStyle, tableText } from "../terminal/table.ts";
import type { FunctionWork } from "./replay.ts";

export function replayText(functions: readonly FunctionWork[], style: TableStyle): string {
  const rows = functions.map(({ functionName, evaluations, keptResults, selfMs }) => [
    functionName,
    String(evaluations),
    String(keptResults),
    durationText(selfMs),
  ]);
  return tableText({ heads: ["function", "evaluated here", "kept results", "time by itself"], rows }, style);
}
