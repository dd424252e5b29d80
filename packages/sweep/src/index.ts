/** Package sweep: one experiment, split over machines that share nothing. */
export { checkColumns, fixedColumns, readColumns } from "./files/columns-file.ts";
export { readConfig, type SweepConfig } from "./files/config-file.ts";
export { readMachines } from "./files/machines-file.ts";
export { defineSweep, type JobSource, type SweepSpec } from "./jobs/define-sweep.ts";
export { type Ask, checkListing, type ListedSweep, listJobs } from "./jobs/list-jobs.ts";
export { listingModule } from "./jobs/listing-module.ts";
export { type JobLogs, openJobLogs } from "./results/job-logs.ts";
export { type FolderFiles, filesIn } from "./results/machine-folder.ts";
export { ResultFiles } from "./results/result-files.ts";
export { keysWithoutColumn } from "./results/result-rows.ts";
export { type FinishedJob, readSnapshot, Snapshot, type SnapshotHeader } from "./results/snapshot.ts";
export { ShareProgress, type ShareStanding } from "./run/share-progress.ts";
export { runShare, type ShareRunParts } from "./run/share-run.ts";
export { type Digest, digestFromHex, digestOf, digestText } from "./split/digest.ts";
export { type Job, type JobPool, makeJobPool } from "./split/job-pool.ts";
export { type Machine, powerOf } from "./split/shares.ts";
export { type Share, type Split, splitJobs } from "./split/split.ts";
