/** The folder of a machine: what it has finished, its results, and its logs. */
import { join } from "node:path";

/** The files of a folder. */
export interface FolderFiles {
  readonly snapshot: string;
  readonly results: string;
  readonly failures: string;
  readonly log: string;
  readonly jobLogs: string;
}

export function filesIn(folder: string): FolderFiles {
  return {
    snapshot: join(folder, "snapshot.ndjson"),
    results: join(folder, "results.csv.gz"),
    failures: join(folder, "failed.ndjson"),
    log: join(folder, "machine.log"),
    jobLogs: join(folder, "jobs"),
  };
}
