/**
 * The options of a worker, each declared once: type, environment variable, flag, check and help derive from here.
 */
import { declareOptions, type OptionsResolved, option } from "@callgrid/core";

export const workerOptions = declareOptions({
  grid: option.string({ default: "default", description: "Name of the grid; pools of different grids never meet" }),
  name: option.string({
    optional: true,
    env: "CALLGRID_WORKER_NAME",
    pattern: /^[A-Za-z0-9_][\w.-]{0,39}$/,
    expects: "1 to 40 letters, digits and _ . -, the first one a letter, a digit or _",
    description:
      "Name of the worker, by which callers address it as pool/name; further workers of one command get the suffixes -2, -3, ...; default: a random name",
  }),
  codeVersion: option.string({
    optional: true,
    pattern: /^[\w.+-]{1,64}$/,
    expects: "1 to 64 letters, digits and . + _ -",
    description:
      "Version of all functions that define none themselves, such as a commit; default: a hash of their modules on disk",
  }),
  slots: option.number({
    unit: "count",
    default: 1,
    min: 1,
    max: 10_000,
    description: "How many functions run at a time in one worker; more than one helps functions that wait for I/O",
  }),
  tags: option.list({
    default: [],
    pattern: /^[\w.:/-]{1,64}$/,
    expects: "1 to 64 letters, digits and _ . : / -",
    description: "Tags of this worker that functions may need, such as gpu",
  }),
  score: option.number({
    unit: "ratio",
    default: 1,
    min: 0.001,
    max: 1_000_000,
    description: "Speed of this worker, for functions that need a fast one and for plans of batches; 1 is usual",
  }),
  memoryMb: option.number({
    unit: "count",
    min: 1,
    max: 1_000_000_000,
    optional: true,
    env: "CALLGRID_WORKER_MEMORY_MB",
    description:
      "Memory that functions may count on, in MB, and the limit of a worker process's heap; default: an equal share of the container's or machine's for each worker process, at least 256",
  }),
  dataFolder: option.list({
    holds: "files",
    optional: true,
    description:
      "A folder whose files requests may name; the flag may be repeated; default: the working folder, unless that is / or the home folder, and files that the caller can read",
  }),
  leaseMs: option.number({
    unit: "ms",
    default: 10_000,
    min: 200,
    max: 3_600_000,
    description:
      "Time without a sign of life after which a worker counts as dead; until its first renewal it is 15 s longer",
  }),
  drainTimeoutMs: option.number({
    unit: "ms",
    default: 30_000,
    min: 0,
    max: 86_400_000,
    description: "How long a draining worker waits for running functions",
  }),
  sharing: option.choice({
    choices: ["auto", "eager"],
    default: "auto",
    description:
      "`auto` keeps small calls in the worker's memory; `eager` puts every call on its queue in Redis at once",
  }),
  connectTimeoutMs: option.number({
    unit: "ms",
    default: 10_000,
    min: 1,
    max: 3_600_000,
    description: "How long to try to reach Redis at the start",
  }),
  checkEveryMs: option.number({
    unit: "ms",
    default: 2_000,
    min: 10,
    max: 3_600_000,
    description: "How often the worker checks its pending calls, in case a message was lost",
  }),
  verify: option.number({
    unit: "ratio",
    default: 0,
    min: 0,
    max: 1,
    description:
      "Share of the kept results that another worker evaluates once more, one at a time; a function whose values differ is reported, and its results are not kept",
  }),
  maxAttempts: option.number({
    unit: "count",
    default: 3,
    min: 1,
    max: 1_000,
    description: "A request whose workers died this many times while running it fails with WORKER_LOST",
  }),
  suspendedLimit: option.number({
    unit: "count",
    default: 10_000,
    min: 1,
    max: 10_000_000,
    description:
      "How many claimed requests a worker holds before it takes no new ones from outside; its own calls always continue",
  }),
  suspendedLimitBytes: option.number({
    unit: "bytes",
    default: 268_435_456,
    min: 1_024,
    max: 1_099_511_627_776,
    description: "How many bytes of claimed requests a worker holds before it takes no new ones from outside",
  }),
  recentResultsLimit: option.number({
    unit: "count",
    default: 100_000,
    min: 0,
    max: 100_000_000,
    description: "How many results of small calls a worker remembers",
  }),
  recentResultsLimitBytes: option.number({
    unit: "bytes",
    default: 67_108_864,
    min: 0,
    max: 1_099_511_627_776,
    description: "How many bytes of results of small calls a worker remembers",
  }),
  payloadLimitBytes: option.number({
    unit: "bytes",
    default: 16_777_216,
    min: 1_024,
    max: 536_870_912,
    description: "The largest request or result that may travel",
  }),
});

/** All options, checked. */
export type WorkerOptionsResolved = OptionsResolved<typeof workerOptions>;
