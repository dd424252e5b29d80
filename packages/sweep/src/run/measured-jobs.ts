/** Times the first jobs of a sweep, one after the other on one worker: all machines measure the same ones. */
import type { Grid } from "@callgrid/client";
import { type JobValue, withSettings } from "@callgrid/core";
import type { JobPool } from "../split/job-pool.ts";

const measuredJobs = 8;
const msPerSecond = 1_000;

/** How long a job takes here on one core, in seconds: the mean of the first ones. The very first is evaluated once before. */
export async function measureJobs(
  grid: Pick<Grid, "enqueue">,
  { pool, workers, signal }: { readonly pool: JobPool; readonly workers: string; readonly signal: AbortSignal },
): Promise<number> {
  const { jobs, functionName, config, seed } = pool;
  const some = jobs.slice(0, measuredJobs);
  let sumMs = 0;
  for (const [place, { index, args }] of [...some.slice(0, 1), ...some].entries()) {
    const request = withSettings([functionName, ...args], { config, seed, job: index });
    const { tookMs } = (await grid.enqueue(workers, request, { cache: "bypass", signal })) as JobValue;
    if (place > 0) sumMs += tookMs;
  }
  return some.length === 0 ? 0 : sumMs / some.length / msPerSecond;
}
