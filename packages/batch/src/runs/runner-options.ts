/** What can be set of a runner; apart from it, since whoever only wants to know them should not have to load BullMQ. */
import { declareOptions, option } from "@callgrid/core";

/** The declared options of a `Runner`. */
export const runnerOptions = declareOptions({
  concurrency: option.number({
    unit: "count",
    default: 1,
    min: 1,
    max: 1_000,
    description: "How many runs to carry out at a time.",
  }),
  lockMs: option.number({
    unit: "ms",
    default: 15_000,
    min: 500,
    max: 3_600_000,
    description: "After how long without a sign of life another runner takes a run over.",
  }),
  keepRuns: option.number({
    unit: "count",
    default: 1_000,
    min: 1,
    max: 1_000_000,
    description: "How many runs are kept that are completed, and as many that have failed; of a schedule 10 in all.",
  }),
  keepRunsMs: option.number({
    unit: "ms",
    default: 30 * 86_400_000,
    min: 1_000,
    max: 3_660 * 86_400_000,
    description: "How long a run is kept that has ended, in full seconds; it is dropped when a later one ends.",
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
