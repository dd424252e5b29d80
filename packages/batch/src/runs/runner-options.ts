/** The options of a runner, in a file of their own: code that needs only them should not load BullMQ. */
import { declareOptions, option } from "@callgrid/core";

/** The declared options of a `Runner`. */
export const runnerOptions = declareOptions({
  concurrency: option.number({
    unit: "count",
    default: 1,
    min: 1,
    max: 1_000,
    description: "How many runs the runner carries out at a time.",
  }),
  lockMs: option.number({
    unit: "ms",
    default: 15_000,
    min: 500,
    max: 3_600_000,
    description: "Time without a sign of life after which another runner takes over a run.",
  }),
  keepRuns: option.number({
    unit: "count",
    default: 1_000,
    min: 1,
    max: 1_000_000,
    description: "How many completed runs are kept, and how many failed ones; of each schedule, 10 in all.",
  }),
  keepRunsMs: option.number({
    unit: "ms",
    default: 30 * 86_400_000,
    min: 1_000,
    max: 3_660 * 86_400_000,
    description: "How long an ended run is kept, in full seconds; it is dropped when a later run ends.",
  }),
  dataFolder: option.list({
    holds: "files",
    optional: true,
    description:
      "A folder whose files runs may name as data; the flag may be repeated; default: the working folder, unless that is / or the home folder.",
  }),
  outputFolder: option.list({
    holds: "files",
    default: [],
    description: "A folder where runs may write csv, ndjson and failed; the flag may be repeated; default: none.",
  }),
});
