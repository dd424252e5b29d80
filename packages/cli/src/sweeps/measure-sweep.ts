/** `callgrid sweep measure` and `plan`: how fast this machine is, and how long all of them will take. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { unwritable } from "@callgrid/batch";
import { GridError } from "@callgrid/core";
import { checkMachineName, measureJobs, predictShares, readMachinesText, withPerformance } from "@callgrid/sweep";
import { untilInterrupted } from "../command-line/interrupts.ts";
import { colorsOf } from "../terminal/colors.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { writeJson, writeLine } from "../terminal/io.ts";
import { tableText } from "../terminal/table.ts";
import { chooseMachine } from "./chosen-machine.ts";
import type { SweepCall } from "./sweep-action.ts";
import { machinesFile, withSweepThread } from "./sweep-folder.ts";

const digits = 4;

/** Writes jobs per second of one core as this machine's performance. */
export function measureSweep(call: SweepCall): Promise<number> {
  const { io, options } = call;
  return untilInterrupted(io, async (first) => {
    if (options.machine !== undefined) checkMachineName(options.machine, "--machine");
    const { seconds, given } = await withSweepThread(call, first, async ({ pool, machines }, grid) => {
      const chosen = options.machine ?? (await chooseMachine(io, machines, undefined, first)).name;
      return { seconds: await measureJobs(grid, { pool, workers: grid.pool, signal: first }), given: chosen };
    });
    if (seconds <= 0) throw new GridError("INVALID_OPTION", "the sweep has no jobs to measure");
    const performance = Number((1 / seconds).toPrecision(digits));
    const file = join(options.folder, machinesFile);
    const machine = { name: given, performance, cores: availableParallelism() };
    const text = withPerformance(readMachinesText(file), file, machine);
    try {
      writeFileSync(file, text);
    } catch (cause) {
      throw unwritable(file, cause);
    }
    await writeLine(io.stderr, `${file}: ${given} has performance ${performance}, the jobs per second of one core`);
    return exitCodes.fine;
  });
}

/** Measures here, and predicts for all machines of the file, also for those that do not exist yet. */
export function planSweep(call: SweepCall): Promise<number> {
  const { io, options } = call;
  return untilInterrupted(io, (first) =>
    withSweepThread(call, first, async ({ pool, machines, rebalanced }, grid) => {
      const here = await chooseMachine(io, machines, options.machine, first);
      const seconds = await measureJobs(grid, { pool, workers: grid.pool, signal: first });
      const left = pool.jobs.filter(({ index }) => rebalanced?.finished.has(index) !== true).length;
      const shares = predictShares(left, machines, seconds * here.performance);
      if (options.json) await writeJson(io.stdout, { secondsPerJob: seconds, shares });
      else await writeLine(io.stdout, planText(shares, io));
      return exitCodes.fine;
    }),
  );
}

const percent = 100;

function planText(shares: ReturnType<typeof predictShares>, { stdout, env }: SweepCall["io"]): string {
  const heads = ["machine", "performance", "cores", "jobs", "share", "hours"];
  const rows = shares.map(({ machine: { name, performance, cores }, jobs, part, hours }) => [
    ...[name, String(performance), String(cores), String(jobs)],
    ...[`${Math.round(part * percent)} %`, hours.toPrecision(3)],
  ]);
  return tableText({ heads, rows }, { isTerminal: stdout.isTTY === true, colors: colorsOf(stdout, env) });
}
