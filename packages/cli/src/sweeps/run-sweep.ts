/** `callgrid sweep run`: runs this machine's share on all of its cores, and goes on where an earlier run stopped. */
import { setPriority } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import {
  checkListing,
  digestText,
  type FolderFiles,
  filesIn,
  type Job,
  type JobLogs,
  openJobLogs,
  ResultFiles,
  type RunningJob,
  readSnapshot,
  runShare,
  ShareProgress,
  Snapshot,
  splitJobs,
} from "@callgrid/sweep";
import { untilInterrupted } from "../command-line/interrupts.ts";
import { linesOf, ownLogSizes } from "../logs/job-lines.ts";
import { withLog } from "../logs/log.ts";
import { counted } from "../terminal/durations.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { writeLine } from "../terminal/io.ts";
import { chooseMachine } from "./chosen-machine.ts";
import { showShare } from "./share-display.ts";
import type { SweepCall } from "./sweep-action.ts";
import { listSweep, type OpenedSweep, readSweepFiles, type SweepFiles } from "./sweep-folder.ts";
import { othersFinished, poolFolder, type Workers, withPoolGrid, withShareGrid } from "./sweep-workers.ts";

/** Where a share runs, and where its results go. */
interface SharePlace {
  readonly call: SweepCall;
  readonly sweepFiles: SweepFiles;
  readonly first: AbortSignal;
  /** Of the folder of results: the machine, or the pool. */
  readonly name: string;
  readonly files: FolderFiles;
  readonly jobLogs: JobLogs | undefined;
}

export function runSweep(call: SweepCall): Promise<number> {
  const { io, options } = call;
  return untilInterrupted(io, async (first) => {
    const sweepFiles = readSweepFiles(options.folder);
    const machine =
      options.pool === undefined ? await chooseMachine(io, sweepFiles.machines, options.machine, first) : undefined;
    if (options.nice > 0) setPriority(0, options.nice);
    const name = machine?.name ?? poolFolder(options.pool);
    const files = filesIn(options.output ?? join(options.folder, "results", name));
    const jobLogs = options.jobLogs ? openJobLogs(files.jobLogs) : undefined;
    const place = { call, sweepFiles, first, name, files, jobLogs };
    const log = { logLevel: options.logLevel ?? "info", logFile: files.log, ...ownLogSizes };
    const shown: Writable = linesOf(jobLogs);
    return withLog({ stderr: shown, env: io.env }, log, (nodeLog) => {
      const run = (workers: Workers): Promise<number> => runOn(workers, place);
      const given = { call, functions: sweepFiles.functions, first, log: nodeLog };
      return machine === undefined ? withPoolGrid(given, run) : withShareGrid({ ...given, cores: machine.cores }, run);
    });
  });
}

async function runOn(workers: Workers, place: SharePlace): Promise<number> {
  const { call, sweepFiles, name, files, jobLogs } = place;
  const sweep = await listSweep(workers.ask, sweepFiles, call.options.folder);
  const { pool, names, columns } = sweep;
  const isNew = (await readSnapshot(files.snapshot)) === undefined;
  if (isNew) await checkListing(workers.askAnother, pool);
  const { jobs, split } = await shareOf(place, sweep);
  const { functionName, places, digest } = pool;
  const header = { experiment: digest.hex, split, machine: name, functionName, names, places, columns };
  const isRebalanced = sweep.rebalanced !== undefined || call.options.pool !== undefined;
  const snapshot = await Snapshot.open(files.snapshot, header, { isRebalanced });
  try {
    if (call.options.retryFailed) snapshot.forgetFailed(jobs.map(({ index }) => index));
    const results = await ResultFiles.begin({ columns, names }, files);
    try {
      await results.write([...snapshot.finished.values()]);
      await evaluate({ workers, place, sweep, jobs, snapshot, results });
    } finally {
      await results.close();
      jobLogs?.close();
    }
    return await summarize(call, snapshot, jobs, files.failures);
  } finally {
    await snapshot.close();
  }
}

/** Of a machine its share; of a pool what no machine has finished. Shows the digest by which machines see that their splits are equal. */
async function shareOf(
  { call, name }: SharePlace,
  { pool, machines, rebalanced }: OpenedSweep,
): Promise<{ readonly jobs: readonly Job[]; readonly split: string }> {
  const { io, options } = call;
  const split = splitJobs(pool, machines, rebalanced?.finished);
  const share = split.shares.find(({ machine }) => machine.name === name);
  const isOnPool = options.pool !== undefined;
  const others = isOnPool ? await othersFinished(options.folder, name, pool.digest.hex) : new Set<number>();
  const jobs = isOnPool ? pool.jobs.filter(({ index }) => !others.has(index)) : (share?.jobs ?? []);
  const count = `${jobs.length} of ${counted(pool.jobs.length, "job")}`;
  await writeLine(io.stderr, `digest ${digestText(split.digest)}`);
  await writeLine(
    io.stderr,
    isOnPool
      ? `pool ${options.pool}: ${count}`
      : `machine ${name}: ${count} on ${counted(share?.machine.cores ?? 0, "core")}`,
  );
  const repeats = pool.places - pool.jobs.length;
  if (repeats > 0)
    await writeLine(io.stderr, `${counted(repeats, "job")} with arguments of earlier ones: these are evaluated once`);
  return { jobs, split: split.digest.hex };
}

interface Evaluating {
  readonly workers: Workers;
  readonly place: SharePlace;
  readonly sweep: OpenedSweep;
  readonly jobs: readonly Job[];
  readonly snapshot: Snapshot;
  readonly results: ResultFiles;
}

async function evaluate({ workers, place, sweep, jobs, snapshot, results }: Evaluating): Promise<void> {
  const { finished } = snapshot;
  const { jobLogs, call, first } = place;
  const before = jobs.filter(({ index }) => finished.has(index));
  const failed = before.filter(({ index }) => finished.get(index)?.error !== undefined).length;
  const progress = new ShareProgress({ total: jobs.length, before: before.length, failed });
  const stopShowing = showShare(call.io, progress, async () => progress.noteRunning(await runningJobs(workers)));
  try {
    await runShare({
      grid: workers.grid,
      workers: workers.pool,
      lanes: workers.threads,
      pool: sweep.pool,
      jobs,
      snapshot,
      files: results,
      progress,
      signal: first,
      onFinished: (some) => jobLogs?.flush(some.map(({ job }) => job)),
    });
  } finally {
    stopShowing();
  }
}

/** By worker, what it is at. */
async function runningJobs({ grid, pool }: Workers): Promise<ReadonlyMap<string, RunningJob>> {
  const { progress = [] } = await grid.status(pool);
  return new Map(
    progress.flatMap(({ worker, done, total, slice }) =>
      slice === undefined ? [] : [[`${pool}/${worker}`, { job: slice.index, done, total, forMs: slice.forMs }]],
    ),
  );
}

async function summarize(
  { io }: SweepCall,
  { finished }: Snapshot,
  jobs: readonly Job[],
  failures: string,
): Promise<number> {
  const failed = jobs.filter(({ index }) => finished.get(index)?.error !== undefined).length;
  const where = failed === 0 ? "" : `, ${failed} failed, see ${failures}`;
  await writeLine(io.stderr, `${counted(jobs.length, "job")} finished${where}`);
  return failed === 0 ? exitCodes.fine : exitCodes.failed;
}
