/**
 * The split of a sweep: a pure function of the experiment, the machines, and the jobs that are finished already. Its digest seeds the
 * shuffle, and machines take their shares from the shuffled jobs in the order of their names. So all machines compute the same split,
 * and neighbouring jobs, which often cost alike, are spread over all of them.
 */
import { canonicalize, Random } from "@callgrid/core";
import { type Digest, digestOf } from "./digest.ts";
import type { Job, JobPool } from "./job-pool.ts";
import { type Machine, shareSizes } from "./shares.ts";

/** Who runs what. */
export interface Split {
  readonly digest: Digest;
  readonly shares: readonly Share[];
}

/** The jobs of one machine, in the order in which it runs them. */
export interface Share {
  readonly machine: Machine;
  readonly jobs: readonly Job[];
}

const form = "callgrid split 1";

/** @param finished - first places of jobs that no machine is to run any more. */
export function splitJobs(
  pool: JobPool,
  machines: readonly Machine[],
  finished: ReadonlySet<number> = new Set(),
): Split {
  const named = [...machines].sort((one, other) => (one.name < other.name ? -1 : 1));
  const done = [...finished].sort((one, other) => one - other);
  const digest = digestOf([form, pool.digest.hex, canonicalize(named, "machines"), canonicalize(done, "finished")]);
  const remaining = pool.jobs.filter(({ index }) => !finished.has(index));
  const shuffled = new Random(digest.hex).shuffle(remaining);
  let start = 0;
  const shares = shareSizes(shuffled.length, named).map((size, place) => {
    const jobs = shuffled.slice(start, start + size);
    start += size;
    return { machine: named[place] as Machine, jobs };
  });
  return { digest, shares };
}
