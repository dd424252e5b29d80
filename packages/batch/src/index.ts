/** Package batch: describes large pieces of work, plans how to run them, and runs them. */

export type { Checkpoint, Cut } from "./chunks/checkpoint.ts";
export { workerModule } from "./chunks/worker-module.ts";
export { type Chunk, sliceCount } from "./data/chunk.ts";
export { type FileLock, lockFile } from "./data/file-lock.ts";
export { checkFilePlaces, type NamedFile } from "./data/file-places.ts";
export { type FileSlice, readBytes, readLines, readText } from "./data/file-slice.ts";
export { bytes, type FileData, type FileOptions, lines } from "./data/file-source.ts";
export { countLinesInTurns, type LinePiece, linePieces, readFileLines, refuseChanged } from "./data/line-ranges.ts";
export { type NumberRange, range } from "./data/number-range.ts";
export type { SlicedData } from "./data/open-source.ts";
export { unwritable } from "./data/unwritable.ts";
export type { Plan } from "./planning/plan.ts";
export { type AssociativityFailure, findAssociativityFailure } from "./results/associativity.ts";
export { extraColumns } from "./results/result-columns.ts";
export {
  type CsvOptions,
  csvFile,
  failureFile,
  LineFile,
  ndjsonFile,
  type ResultWriter,
  resultCell,
  resultOptions,
  writeItems,
} from "./results/result-file.ts";
export { RunReport } from "./results/run-report.ts";
export { valuePart } from "./results/value-part.ts";
export type { BatchItem } from "./run/batch-items.ts";
export { BatchRun } from "./run/batch-run.ts";
export { FileCheckpoint } from "./run/file-checkpoint.ts";
export { addBatches, type Batching, type BatchingOptions } from "./run/grid-with-batches.ts";
export type { BatchProgress } from "./run/progress.ts";
export type { StartLocalGrid } from "./run/workplaces.ts";
export type { RunData } from "./runs/run-data.ts";
export type { RunPlace } from "./runs/run-place.ts";
export type { RunSpec } from "./runs/run-spec.ts";
export { runnerOptions } from "./runs/runner-options.ts";
export type { Schedule } from "./runs/schedules.ts";
export { type BatchMode, type BatchSpec, batchOptions, type Objective } from "./spec/batch-spec.ts";
export type { SliceProgress } from "./workplaces/workplace.ts";
