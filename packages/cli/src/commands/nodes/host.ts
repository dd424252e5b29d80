/** `callgrid host`: the agent of a machine, which has as many workers as its pool has work for. */
import {
  declareOptions,
  type GridError,
  invalidOption,
  type OptionsResolved,
  option,
  randomId,
  systemClock,
} from "@callgrid/core";
import { Host } from "@callgrid/supervision";
import type { CommandSpec } from "../../command-line/command.ts";
import { type Interrupts, withInterrupts } from "../../command-line/interrupts.ts";
import { type NodeLog, withLog } from "../../logs/log.ts";
import { endBySignals, supervisionOptions, withSupervisor } from "../../nodes/run-workers.ts";
import { type CliIo, writeJson } from "../../terminal/io.ts";

const options = declareOptions({
  ...supervisionOptions,
  max: option.number({
    unit: "count",
    min: 1,
    max: 1_000,
    env: "CALLGRID_HOST_MAX",
    description: "The largest number of worker processes.",
  }),
  min: option.number({
    unit: "count",
    default: 0,
    min: 0,
    max: 1_000,
    env: "CALLGRID_HOST_MIN",
    description: "The smallest number of worker processes, also without work.",
  }),
  nice: option.number({
    unit: "count",
    default: 0,
    min: 0,
    max: 19,
    env: "CALLGRID_HOST_NICE",
    description: "The nice value of the worker processes: a higher one lets other processes of the machine run first.",
  }),
});

export const hostCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    "callgrid host --pool pool --functions functions.ts --max 8",
    "callgrid host --pool pool --functions functions.ts --max 32 --min 1 --score 2 --nice 10",
  ],
  async run({ options, io }) {
    if (options.min > options.max) throw tooMany(options);
    const logPlace = { ...options, logLevel: options.logLevel ?? "info" };
    return withLog(io, logPlace, (nodeLog) =>
      withInterrupts(io, (interrupts) => runHost({ options, io, interrupts, nodeLog })),
    );
  },
};

interface HostRun {
  readonly options: OptionsResolved<typeof options>;
  readonly io: CliIo;
  readonly interrupts: Interrupts;
  readonly nodeLog: NodeLog;
}

const shownIdCharacters = 10;

function runHost({ options, io, interrupts, nodeLog }: HostRun): Promise<number> {
  const { min: minWorkers, max: maxWorkers, nice, ...rest } = options;
  const id = `host-${randomId().slice(0, shownIdCharacters)}`;
  return withSupervisor(
    { options: rest, count: minWorkers, most: maxWorkers, nice, interrupts, nodeLog },
    async ({ supervisor, keeper }) => {
      const { score, leaseMs, json } = rest;
      const parts = { keeper, supervisor, clock: systemClock, log: nodeLog.log };
      const host = new Host({ id, score, minWorkers, maxWorkers, leaseMs }, parts);
      endBySignals(host, interrupts, nodeLog.log);
      try {
        await host.start();
        if (json && !interrupts.first.aborted) await writeJson(io.stdout, { pool: keeper.pool, host: id });
        await supervisor.closed;
      } finally {
        await host.stop();
      }
    },
  );
}

function tooMany({ min, max }: { readonly min: number; readonly max: number }): GridError {
  return invalidOption("--min", `${min} is more than --max ${max}`);
}
