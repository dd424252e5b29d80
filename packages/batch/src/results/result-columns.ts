/** What a row of results holds. */
import type { BatchItem } from "../run/batch-items.ts";

/** Columns that can be switched on besides index and value. */
export const extraColumns = ["start", "interval", "done", "job"] as const;

/** One of {@link extraColumns}: when the evaluation began, how long it took in ms, when its outcome came, which request it was. */
export type ExtraColumn = (typeof extraColumns)[number];

/** The names of the columns. */
export function columnNames(extra: readonly ExtraColumn[]): string[] {
  return ["index", "value", ...extra];
}

/** The content of an extra column. */
export function extraCell(item: BatchItem, column: ExtraColumn): string | number {
  switch (column) {
    case "start":
      return new Date(item.startedMs).toISOString();
    case "interval":
      return Math.round(item.tookMs * 1_000) / 1_000;
    case "done":
      return new Date(item.finishedMs).toISOString();
    case "job":
      return item.requestId;
  }
}
