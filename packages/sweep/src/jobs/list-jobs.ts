/** Lists the jobs of a sweep from a grid whose workers have loaded its module. */
import { GridError, requestTreeOf } from "@callgrid/core";
import { type Experiment, type JobPool, makeJobPool } from "../split/job-pool.ts";
import type { SweepOutline } from "./sweep-functions.ts";

/** Evaluates one request by name. */
export type Ask = (request: readonly [name: string, ...args: unknown[]]) => Promise<unknown>;

/** The jobs, and the names of their arguments. */
export interface ListedSweep {
  readonly pool: JobPool;
  readonly names: readonly string[];
}

const pageSize = 10_000;

/** Asks for all jobs, some at a time: each answer has a bounded size. */
export async function listJobs(ask: Ask, settings: Pick<Experiment, "config" | "seed">): Promise<ListedSweep> {
  const { functionName, names, places } = await outlineOf(ask, settings);
  const jobs: Array<readonly unknown[]> = [];
  while (jobs.length < places) {
    const some = (await ask(["callgrid.sweepJobs", jobs.length, pageSize])) as Array<readonly unknown[]>;
    if (some.length === 0)
      throw new GridError("INVALID_VALUE", `expected ${places} jobs of the sweep, got ${jobs.length}`);
    jobs.push(...some);
  }
  return { pool: makeJobPool({ functionName, jobs, ...settings }), names };
}

/** Has another worker list the jobs again. Throws `INVALID_VALUE` where its list differs: the machines would split it differently. */
export async function checkListing(ask: Ask, { digest, config, seed }: JobPool): Promise<void> {
  const again = await outlineOf(ask, { config, seed });
  if (again.digest === digest.hex) return;
  throw new GridError(
    "INVALID_VALUE",
    `the digest changed from ${digest.hex} to ${again.digest} when the jobs were listed again: ` +
      "their arguments must not depend on the clock, Math.random or the machine; use the numbers of a loop instead",
  );
}

async function outlineOf(ask: Ask, { config, seed }: Pick<Experiment, "config" | "seed">): Promise<SweepOutline> {
  try {
    return (await ask(["callgrid.sweepOutline", { config, seed }])) as SweepOutline;
  } catch (error) {
    // a mistake in the module is reported as such, and not as a failed request
    const tree = requestTreeOf(error);
    if (tree === undefined) throw error;
    throw new GridError(tree.code === "FUNCTION_FAILED" ? "INVALID_MODULE" : tree.code, tree.msg, { cause: error });
  }
}
