/** `callgrid distributor`: a distributor for a pool, until it is told to end. */
import { declareOptions } from "@callgrid/core";
import { distributorOptions, startDistributor } from "@callgrid/distributor";
import { writeLine } from "../cli-io.ts";
import type { CommandSpec } from "../command.ts";
import { connectionOptions, outputOptions, poolOption } from "../common-options.ts";
import { exitCodes } from "../exit-codes.ts";
import { unlessAborted, untilAborted, withInterrupts } from "../interrupts.ts";
import { logStream, makeLog } from "../log.ts";

const options = declareOptions({ ...poolOption, ...connectionOptions, ...distributorOptions, ...outputOptions });

export const distributorCommand: CommandSpec<typeof options> = {
  name: "distributor",
  summary:
    "Head a pool: take back what dead workers held, and hand queued work to idle ones. Several may run, one at a time is head.",
  operands: [],
  options,
  examples: [
    "callgrid distributor --pool pool",
    "callgrid distributor --pool pool --url redis://redis.internal:6379 --grid prices",
  ],
  async run({ options: { json, logLevel, ...settings }, io }) {
    const log = makeLog(logLevel ?? "info", logStream(io));
    return withInterrupts(io, async ({ first, second }) => {
      const distributor = await unlessAborted(first, startDistributor({ ...settings, log }));
      if (json) await writeLine(io.stdout, JSON.stringify({ pool: distributor.pool, distributor: distributor.id }));
      await untilAborted(first);
      await unlessAborted(second, distributor.stop());
      return exitCodes.fine;
    });
  },
};
