/** `callgrid distributor`: a distributor for a pool, until a signal ends it. */
import { declareOptions, type OptionsResolved, parsePool, systemClock, within } from "@callgrid/core";
import { distributorOptions, type RunningDistributor, startDistributor } from "@callgrid/distributor";
import { openStatekeeper } from "@callgrid/statekeeper";
import type { Logger } from "pino";
import type { CommandSpec } from "../../command-line/command.ts";
import {
  connectionOptions,
  healthOptions,
  logFileOptions,
  outputOptions,
  poolOption,
} from "../../command-line/common-options.ts";
import { type Interrupts, unlessAborted, untilAborted, withInterrupts } from "../../command-line/interrupts.ts";
import { withLog } from "../../logs/log.ts";
import { withHealth } from "../../nodes/node-health.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { type CliIo, writeJson } from "../../terminal/io.ts";

const options = declareOptions({
  ...poolOption,
  ...connectionOptions,
  ...distributorOptions,
  ...healthOptions,
  ...logFileOptions,
  ...outputOptions,
});

export const distributorCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    "callgrid distributor --pool pool",
    "callgrid distributor --pool pool --url redis://redis.internal:6379 --grid prices",
  ],
  async run({ options, io }) {
    const logPlace = { ...options, logLevel: options.logLevel ?? "info" };
    return withLog(io, logPlace, ({ log }) =>
      withInterrupts(io, (interrupts) => runDistributor({ options, io, interrupts, log })),
    );
  },
};

interface DistributorRun {
  readonly options: OptionsResolved<typeof options>;
  readonly io: CliIo;
  readonly interrupts: Interrupts;
  readonly log: Logger;
}

async function runDistributor({ options, io, interrupts, log }: DistributorRun): Promise<number> {
  const { json, logLevel, url, healthPort, healthHost, logFile, logFileBytes, logFileCount, ...settings } = options;
  const pool = parsePool(settings.pool);
  const { first, second } = interrupts;
  const statekeeper = await unlessAborted(first, openStatekeeper(url, { ...settings, log }));
  const joined: string[] = [];
  const parts = { keeper: statekeeper.pool(pool), statekeeper, log, nodes: () => joined };
  try {
    // joins last: what fails before must not leave a member that does nothing
    return await withHealth({ healthPort, healthHost }, parts, async () => {
      const starting = startDistributor({ ...settings, statekeeper, log });
      try {
        const { id } = await unlessAborted(first, starting);
        joined.push(id);
        if (json) await writeJson(io.stdout, { pool, distributor: id });
        await untilAborted(first);
      } finally {
        await unlessAborted(second, leaveAfter(starting, settings.leaseMs));
      }
      return exitCodes.fine;
    });
  } finally {
    await statekeeper.close();
  }
}

/** Also leaves where it has been interrupted in the middle of joining; a pool that does not answer forgets it within a lease. */
async function leaveAfter(starting: Promise<RunningDistributor>, leaseMs: number): Promise<void> {
  const leaving = starting.then((distributor) => distributor.stop()).catch(() => undefined);
  await within(systemClock, leaseMs, leaving);
}
