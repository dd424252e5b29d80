/** Package sweep: one experiment, split over machines that share nothing. */
export { type Digest, digestFromHex, digestOf, digestText } from "./split/digest.ts";
export { type Experiment, type Job, type JobPool, makeJobPool } from "./split/job-pool.ts";
export { type Machine, powerOf, shareSizes } from "./split/shares.ts";
export { type Share, type Split, splitJobs } from "./split/split.ts";
