/** `callgrid sweep rebalance`: splits what is left over other machines. */
import { join } from "node:path";
import { GridError } from "@callgrid/core";
import { mergeFolders, readMachines, writeRebalance } from "@callgrid/sweep";
import { counted } from "../terminal/durations.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { writeLine } from "../terminal/io.ts";
import type { SweepCall } from "./sweep-action.ts";
import { rebalanceFile } from "./sweep-folder.ts";

/** Works on the snapshots alone. A job that failed is left, as one that no machine has begun. The machines must have stopped: what one finishes later, another one runs again. */
export async function rebalanceSweep({ io, options, operands }: SweepCall): Promise<number> {
  if (options.machines === undefined)
    throw new GridError("INVALID_OPTION", "--machines is missing: the file of the machines that run what is left");
  const machines = readMachines(options.machines);
  const { header, finished, succeeded } = await mergeFolders(operands);
  const file = join(options.folder, rebalanceFile);
  writeRebalance(file, { experiment: header.experiment, machines, finished: succeeded });
  const placesLeft = header.places - finished.filter(({ error }) => error === undefined).length;
  const left = `${placesLeft} of ${counted(header.places, "job")} left for ${counted(machines.length, "machine")}`;
  await writeLine(
    io.stderr,
    `${left}; copy ${file} next to the files of the sweep on each machine, and run there again`,
  );
  return exitCodes.fine;
}
