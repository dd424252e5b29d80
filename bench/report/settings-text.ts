/** The settings of a row in words. */
import type { ResultRow } from "./results.ts";

export function settingsText({ workers, settings, repeats, system }: ResultRow): string {
  const { concurrency, sharing, window, nesting, chunk, eventsKept, atomics, batch } = settings;
  const parts = [
    system === "plain" ? "" : `${workers} ${workers === 1 ? "worker" : "workers"}`,
    sharing === undefined ? "" : `sharing ${sharing}`,
    window === undefined ? "" : `window ${window}`,
    concurrency === undefined ? "" : `concurrency ${concurrency}`,
    nesting === undefined ? "" : `nested by ${nesting}`,
    chunk === undefined ? "" : `${chunk} in a bulk`,
    eventsKept === undefined ? "" : `${eventsKept} events kept`,
    atomics === undefined ? "" : `atomics ${atomics}`,
    batch === undefined ? "" : `${batch} at a time`,
    repeats === 1 ? "" : `mean of ${repeats}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}
