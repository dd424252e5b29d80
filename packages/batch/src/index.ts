/** Package batch: describes large pieces of work, plans how to run them, and runs them. */
export { addBatches, type Batching, type BatchingOptions } from "./add-batches.ts";
export { type AssociativityFailure, findAssociativityFailure } from "./associativity.ts";
export type { SlicedData } from "./batch-data.ts";
export type { BatchItem } from "./batch-items.ts";
export { BatchRun, type StartLocalGrid } from "./batch-run.ts";
export { type BatchMode, type BatchSpec, batchOptions, type Objective } from "./batch-spec.ts";
export type { Checkpoint } from "./checkpoint.ts";
export { FileCheckpoint } from "./file-checkpoint.ts";
export { type FileSlice, readBytes, readLines, readText } from "./file-slice.ts";
export { bytes, type FileData, type FileOptions, lines } from "./file-source.ts";
export { countLines, type LinePiece, linePieces, readFileLines, refuseChanged } from "./line-pieces.ts";
export { type NumberRange, range } from "./number-range.ts";
export type { Plan } from "./plan.ts";
export type { BatchProgress } from "./progress.ts";
export { type ExtraColumn, extraColumns } from "./result-columns.ts";
export { csvFile, failureFile, ndjsonFile, type ResultWriter } from "./result-file.ts";
export { RunReport } from "./run-report.ts";
export { workerModule } from "./worker-module.ts";
