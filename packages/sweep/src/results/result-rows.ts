/** The rows of the results: for each place of a finished job, one cell for each column of the header. */
import { resultCell, valuePart } from "@callgrid/batch";
import { decodeValue } from "@callgrid/core";
import type { FinishedJob } from "./snapshot.ts";

/** What columns a file has, and which of them are arguments. */
export interface RowForm {
  readonly columns: readonly string[];
  readonly names: readonly string[];
}

type Cell = string | number;

/** One row for each place of the job. */
export function rowsOf(finished: FinishedJob, { columns, names }: RowForm): Cell[][] {
  const value: unknown = finished.value === undefined ? undefined : decodeValue(finished.value);
  const cells = columns.map((column) => {
    const place = names.indexOf(column);
    return place === -1 ? cellOf(column, finished, value) : resultCell(finished.args[place]);
  });
  const jobAt = columns.indexOf("job");
  return [finished.job, ...finished.repeats].map((job) => cells.map((cell, place) => (place === jobAt ? job : cell)));
}

function cellOf(column: string, { runMs, startedMs, tookMs }: FinishedJob, value: unknown): Cell {
  switch (column) {
    case "job":
      return "";
    case "run start":
      return new Date(runMs).toISOString();
    case "job start":
      return new Date(startedMs).toISOString();
    case "job seconds":
      return Math.round(tookMs) / 1_000;
    case "value":
      return resultCell(value);
    default:
      return resultCell(valuePart(value, column));
  }
}
