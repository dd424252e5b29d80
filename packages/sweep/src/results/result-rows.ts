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

/** Reads one cell of a row. */
type CellReader = (finished: FinishedJob, value: unknown, job: number) => Cell;

/** Returns the rows of a finished job, one for each of its places. */
export function rowReader({ columns, names }: RowForm): (finished: FinishedJob) => Cell[][] {
  const cells = columns.map((column) => cellReader(column, names.indexOf(column)));
  return (finished) => {
    const value: unknown = finished.value === undefined ? undefined : decodeValue(finished.value);
    return [finished.job, ...finished.repeats].map((job) => cells.map((cell) => cell(finished, value, job)));
  };
}

/** @param place - of the argument; -1: the column is not one. */
function cellReader(column: string, place: number): CellReader {
  if (place !== -1) return ({ args }) => resultCell(args[place]);
  switch (column) {
    case "job":
      return (_finished, _value, job) => job;
    case "run start":
      return ({ runMs }) => new Date(runMs).toISOString();
    case "job start":
      return ({ startedMs }) => new Date(startedMs).toISOString();
    case "job seconds":
      return ({ tookMs }) => Math.round(tookMs) / 1_000;
    case "value":
      return (_finished, value) => resultCell(value);
    default:
      return (_finished, value) => resultCell(valuePart(value, column));
  }
}
