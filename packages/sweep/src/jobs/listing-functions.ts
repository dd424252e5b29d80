/**
 * What workers list of a sweep. The user's module is loaded in worker threads alone: the command's own thread has to hear signals, and a
 * module may print, block or end its thread.
 */
import { define, GridError } from "@callgrid/core";
import { type Experiment, makeJobPool } from "../split/job-pool.ts";
import { type DeclaredSweep, declaredSweeps } from "./define-sweep.ts";

/** What is known of a sweep before its jobs are listed. */
export interface SweepOutline {
  readonly functionName: string;
  readonly names: readonly string[];
  readonly places: number;
  /** Of the job pool, in hex. */
  readonly digest: string;
}

type Settings = Pick<Experiment, "config" | "seed">;

let listed: Array<readonly unknown[]> | undefined;

/** The outline of the sweep that the user's module declares. Refuses arguments that are not plain data. */
export const outline = define("callgrid.sweepOutline", { version: "1", cache: false }, ({ config, seed }: Settings) => {
  const { functionName, names } = onlySweep();
  const { places, digest } = makeJobPool({ functionName, jobs: listJobs(), config, seed });
  return { functionName, names, places, digest: digest.hex } satisfies SweepOutline;
});

/** Some of the jobs. */
export const jobs = define("callgrid.sweepJobs", { version: "1", cache: false }, (from: number, count: number) =>
  listJobs().slice(from, from + count),
);

function listJobs(): Array<readonly unknown[]> {
  listed ??= [...onlySweep().list()];
  return listed;
}

function onlySweep(): DeclaredSweep {
  const sweeps = declaredSweeps();
  const [sweep] = sweeps;
  if (sweep !== undefined && sweeps.length === 1) return sweep;
  const found = sweep === undefined ? "no sweep" : `${sweeps.length} sweeps`;
  throw new GridError("INVALID_MODULE", `the module declares ${found}: expected one call of defineSweep({ job, … })`);
}
