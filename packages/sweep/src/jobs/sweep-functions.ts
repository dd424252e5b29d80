/**
 * What worker threads list of a sweep, and evaluate in groups. The user's module is loaded in worker threads alone: the command's own thread has to hear signals, and a
 * module may print, block or end its thread.
 */
import { define, encodeValue, GridError } from "@callgrid/core";
import { readArgumentsAgain } from "@callgrid/worker";
import { type Experiment, makeJobPool } from "../split/job-pool.ts";
import { type DeclaredSweep, declaredSweeps } from "./define-sweep.ts";
import { evaluateGroup, type GroupedJob } from "./job-group.ts";

/** What is known of a sweep before its jobs are listed. */
export interface SweepOutline {
  readonly functionName: string;
  readonly names: readonly string[];
  readonly places: number;
  /** Of the job pool, in hex. */
  readonly digest: string;
}

type Settings = Pick<Experiment, "config" | "seed">;

let listed: { readonly sweep: DeclaredSweep; readonly jobs: Array<readonly unknown[]> } | undefined;

/** The outline of the sweep that the user's module declares. Refuses arguments that are not plain data. */
export const outline = define("callgrid.sweepOutline", { version: "1", cache: false }, ({ config, seed }: Settings) => {
  const { functionName, names } = onlySweep();
  const { places, digest } = makeJobPool({ functionName, jobs: listJobs(), config, seed });
  return { functionName, names, places, digest: digest.hex } satisfies SweepOutline;
});

// A quarter of what a result may have: dates, maps and the like take more room in a list than alone.
const mostBytes = 4_194_304;

/** Some of the jobs: at least one, and as many more as are small enough for one answer. */
export const jobs = define("callgrid.sweepJobs", { version: "1", cache: false }, (from: number, count: number) => {
  const some = listJobs().slice(from, from + count);
  let bytes = 0;
  const tooMany = some.findIndex((args, place) => {
    bytes += Buffer.byteLength(encodeValue(args, `jobs[${from + place}]`));
    return place > 0 && bytes > mostBytes;
  });
  return tooMany === -1 ? some : some.slice(0, tooMany);
});

/** Evaluates some jobs one after the other, see {@link evaluateGroup}. */
export const group = define(
  "callgrid.sweepGroup",
  { version: "1", cache: false },
  (functionName: string, some: readonly GroupedJob[]) =>
    evaluateGroup(functionName, some, () => readArgumentsAgain()[1] as readonly GroupedJob[]),
);

function listJobs(): Array<readonly unknown[]> {
  const sweep = onlySweep();
  if (listed?.sweep !== sweep) listed = { sweep, jobs: [...sweep.list()] };
  return listed.jobs;
}

function onlySweep(): DeclaredSweep {
  const sweeps = declaredSweeps();
  const [sweep] = sweeps;
  if (sweep !== undefined && sweeps.length === 1) return sweep;
  const found = sweep === undefined ? "no sweep" : `${sweeps.length} sweeps`;
  throw new GridError("INVALID_MODULE", `the module declares ${found}: expected one call of defineSweep({ job, … })`);
}
