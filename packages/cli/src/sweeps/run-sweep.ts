/** `callgrid sweep run`: runs this machine's share on all of its cores, and goes on where an earlier run stopped. */
import { setPriority } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import {
  checkListing,
  digestText,
  filesIn,
  type JobLogs,
  openJobLogs,
  ResultFiles,
  runShare,
  type Share,
  ShareProgress,
  Snapshot,
  splitJobs,
} from "@callgrid/sweep";
import { unlessAborted, untilInterrupted } from "../command-line/interrupts.ts";
import { type NodeLog, withLog } from "../logs/log.ts";
import { counted } from "../terminal/durations.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { writeLine } from "../terminal/io.ts";
import { chooseMachine } from "./chosen-machine.ts";
import { showShare } from "./share-display.ts";
import type { SweepCall } from "./sweep-action.ts";
import { type OpenedSweep, openSweep, readSweepFiles } from "./sweep-folder.ts";

const logFileBytes = 20_000_000;
const logFileCount = 10;

export function runSweep(call: SweepCall): Promise<number> {
  const { io, options } = call;
  return untilInterrupted(io, async (first) => {
    const machine = await chooseMachine(io, readSweepFiles(options.folder).machines, options.machine, first);
    const sweep = await openSweep(call, first);
    const split = splitJobs(sweep.pool, sweep.machines);
    const share = split.shares.find((each) => each.machine.name === machine.name);
    if (share === undefined) throw new Error(`unreachable: ${machine.name} has no share`);
    await describe(call, sweep, share, digestText(split.digest));
    if (options.nice > 0) setPriority(0, options.nice);
    return runOn({ call, sweep, share, split: split.digest.hex, first });
  });
}

async function describe({ io }: SweepCall, { pool }: OpenedSweep, share: Share, digest: string): Promise<void> {
  const { name, cores } = share.machine;
  const jobs = `${share.jobs.length} of ${counted(pool.jobs.length, "job")}`;
  await writeLine(io.stderr, `digest ${digest}`);
  await writeLine(io.stderr, `machine ${name}: ${jobs} on ${counted(cores, "core")}`);
  const repeats = pool.places - pool.jobs.length;
  if (repeats > 0)
    await writeLine(io.stderr, `${counted(repeats, "job")} repeat the arguments of others: each is evaluated once`);
}

interface ShareCall {
  readonly call: SweepCall;
  readonly sweep: OpenedSweep;
  readonly share: Share;
  readonly split: string;
  readonly first: AbortSignal;
}

async function runOn({ call, sweep, share, split, first }: ShareCall): Promise<number> {
  const { options, io } = call;
  const { name } = share.machine;
  const files = filesIn(options.output ?? join(options.folder, "results", name));
  const { pool, names, columns } = sweep;
  const { functionName, places } = pool;
  const header = { experiment: pool.digest.hex, split, machine: name, functionName, names, places, columns };
  const snapshot = await Snapshot.open(files.snapshot, header);
  try {
    if (options.retryFailed) snapshot.forgetFailed();
    const results = await ResultFiles.begin({ columns, names }, files);
    try {
      await results.write([...snapshot.finished.values()]);
      const jobLogs = options.jobLogs ? openJobLogs(files.jobLogs) : undefined;
      const place = { logLevel: options.logLevel ?? "info", logFile: files.log, logFileBytes, logFileCount };
      await withLog({ stderr: nowhere(jobLogs), env: io.env }, place, (log) =>
        evaluate({ call, sweep, share, first, snapshot, results, jobLogs, log }),
      );
      jobLogs?.close();
    } finally {
      await results.close();
    }
    return await summarize(call, snapshot, share, files.failures);
  } finally {
    await snapshot.close();
  }
}

interface Evaluating extends Omit<ShareCall, "split"> {
  readonly snapshot: Snapshot;
  readonly results: ResultFiles;
  readonly jobLogs: JobLogs | undefined;
  readonly log: NodeLog;
}

/** On the embedded grid, whose workers balance the share between the cores. */
async function evaluate({ call, sweep, share, first, snapshot, results, jobLogs, log }: Evaluating): Promise<void> {
  const { functions, pool } = sweep;
  const { finished } = snapshot;
  const mine = share.jobs.filter(({ index }) => finished.has(index));
  const failed = mine.filter(({ index }) => finished.get(index)?.error !== undefined).length;
  if (mine.length === share.jobs.length) return;
  const opening = call.embedded.localGrid({
    functions,
    workers: share.machine.cores,
    log: log.log,
    output: log.stream,
  });
  const grid = await unlessAborted(first, opening);
  const progress = new ShareProgress({ total: share.jobs.length, before: mine.length, failed });
  let stopShowing = (): void => undefined;
  try {
    await checkListing((request) => grid.enqueue(grid.pool, request, { signal: first }), pool);
    stopShowing = showShare(call.io, progress);
    const onFinished =
      jobLogs && ((jobs: ReadonlyArray<{ readonly job: number }>) => jobLogs.flush(jobs.map(({ job }) => job)));
    await runShare({
      ...{ grid, workers: grid.pool, pool, jobs: share.jobs, snapshot, files: results, progress, signal: first },
      ...(onFinished && { onFinished }),
    });
  } finally {
    stopShowing();
    await grid.close();
  }
}

async function summarize(
  { io }: SweepCall,
  { finished }: Snapshot,
  { jobs }: Share,
  failures: string,
): Promise<number> {
  const failed = jobs.filter(({ index }) => finished.get(index)?.error !== undefined).length;
  const where = failed === 0 ? "" : `, ${failed} failed, see ${failures}`;
  await writeLine(io.stderr, `${counted(jobs.length, "job")} finished${where}`);
  return failed === 0 ? exitCodes.fine : exitCodes.failed;
}

/** What jobs log is for files: on a terminal it would hide the progress. */
function nowhere(jobLogs: JobLogs | undefined): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: Buffer | string, _encoding, done) {
      jobLogs?.take(chunk.toString());
      done();
    },
  });
}
