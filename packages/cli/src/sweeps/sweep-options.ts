/** The options of `callgrid sweep`. */
import { declareOptions, type OptionsResolved, option } from "@callgrid/core";
import { connectionOptions, niceOption, outputOptions } from "../command-line/common-options.ts";

export const sweepOptions = declareOptions({
  folder: option.string({
    default: ".",
    env: "CALLGRID_SWEEP_FOLDER",
    description: "The folder of the sweep: sweep.ts, sweep.toml, machines.json and columns.csv.",
  }),
  output: option.string({
    optional: true,
    short: "-o",
    env: "CALLGRID_SWEEP_OUTPUT",
    description:
      "The folder of results; default: in the folder of the sweep results/NAME, and merged for merge. For pack: the executable, default: sweep.",
  }),
  machine: option.string({
    optional: true,
    env: "CALLGRID_SWEEP_MACHINE",
    description: "Which machine of machines.json this is; asked for at a terminal.",
  }),
  machines: option.string({
    optional: true,
    env: "CALLGRID_SWEEP_MACHINES",
    description: "For rebalance: the file of the machines that run what is left.",
  }),
  pool: option.string({
    optional: true,
    env: "CALLGRID_SWEEP_POOL",
    description: "Run all that no machine has finished on this pool, whose workers have the function of the jobs.",
  }),
  asset: option.list({
    holds: "files",
    optional: true,
    env: "CALLGRID_SWEEP_ASSET",
    description: "For pack: files in the folder of the sweep that jobs read with readAsset.",
  }),
  node: option.string({
    optional: true,
    env: "CALLGRID_SWEEP_NODE",
    description: "For pack: the executable of Node to pack into, such as that of another system; default: this one.",
  }),
  ...niceOption,
  retryFailed: option.boolean({ default: false, description: "Evaluate the jobs again that have failed before." }),
  jobLogs: option.boolean({
    default: false,
    description: "Keep what each job logs in a file of its own, jobs/N.log.gz.",
  }),
  ...connectionOptions,
  ...outputOptions,
});

/** The same, resolved. */
export type SweepOptions = OptionsResolved<typeof sweepOptions>;
