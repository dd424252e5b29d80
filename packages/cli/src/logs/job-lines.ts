/** Where log lines go besides one file for all: to the files of jobs or slices. On a terminal they would hide the progress. */
import { Writable } from "node:stream";
import type { JobLogs } from "@callgrid/sweep";

/** Of the log file of a command that calculates by itself. */
export const ownLogSizes = { logFileBytes: 20_000_000, logFileCount: 10 } as const;

export function linesOf(jobLogs: JobLogs | undefined): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, done) {
      jobLogs?.take(chunk.toString());
      done();
    },
  });
}
