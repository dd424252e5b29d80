/**
 * `callgrid remote-workers`: worker processes as a launcher on another machine wants them. It says over stdin what to run and when to end,
 * and reports joined workers over stdout; when it is gone, the workers drain.
 */
import { declareOptions, environmentOptions, isGridError, resolveOptions, systemClock } from "@callgrid/core";
import { isConfigurationCode, type WorkerMessage } from "@callgrid/supervision";
import type { CommandSpec } from "../../command-line/command.ts";
import { withInterrupts } from "../../command-line/interrupts.ts";
import { withLog } from "../../logs/log.ts";
import { type LaunchOrder, RemoteOrders } from "../../nodes/remote-orders.ts";
import { runWorkers, workersOptions } from "../../nodes/run-workers.ts";
import { type CliIo, type EndSignal, writeJson } from "../../terminal/io.ts";

const options = declareOptions({});

export const remoteWorkersCommand: CommandSpec<typeof options> = {
  options,
  examples: ["ssh host -- callgrid remote-workers"],
  async run({ io }) {
    const orders = new RemoteOrders(io.stdin, systemClock);
    try {
      return await runRemoteWorkers(await orders.start, orders, io);
    } catch (error) {
      if (isGridError(error) && isConfigurationCode(error.code)) {
        await send(io, { kind: "refused", code: error.code, message: error.message });
      }
      throw error;
    } finally {
      orders.stop();
    }
  },
};

async function runRemoteWorkers({ settings, count }: LaunchOrder, orders: RemoteOrders, io: CliIo): Promise<number> {
  const { functions, logLevel, options: given } = settings;
  const options = resolveOptions(
    workersOptions,
    { ...environmentOptions(workersOptions, io.env), ...given, functions, logLevel, count },
    "callgrid remote-workers",
  );
  const ownIo: CliIo = {
    ...io,
    onSignal: (listener) => {
      // a launcher that has gone says so by the end of stdin
      const onSignal = (signal: EndSignal): void => {
        if (signal !== "SIGPIPE") listener(signal);
      };
      const stops = [io.onSignal(onSignal), orders.onSignal(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
  return withLog(ownIo, { ...options, logLevel }, (nodeLog) =>
    withInterrupts(ownIo, (interrupts) =>
      runWorkers({
        ...{ options, interrupts, nodeLog },
        onUp: async (workers) => {
          for (const id of workers) await send(io, { kind: "joined", id });
        },
      }),
    ),
  );
}

async function send({ stdout }: CliIo, message: WorkerMessage): Promise<void> {
  await writeJson(stdout, message);
}
