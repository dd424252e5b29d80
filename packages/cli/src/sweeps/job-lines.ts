/** Where log lines go besides the file of the machine: to the files of jobs. On a terminal they would hide the progress. */
import { Writable } from "node:stream";
import type { JobLogs } from "@callgrid/sweep";

export function linesOf(jobLogs: JobLogs | undefined): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, done) {
      jobLogs?.take(chunk.toString());
      done();
    },
  });
}
