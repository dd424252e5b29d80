/**
 * `callgrid plan`: measures a batch by a pilot, and says how it would be run, and what other numbers of nodes would take. Or it runs the batch
 * with several numbers of workers, and says what each took.
 */
import type { BatchRun } from "@callgrid/batch";
import { declareOptions, invalidOption, option } from "@callgrid/core";
import { withBatchLog } from "../../batches/batch-log.ts";
import { batchCommandOptions, batchSpecOf, openBatchGrid, openData } from "../../batches/batch-options.ts";
import {
  chunkSizePattern,
  type Measurement,
  measurementsText,
  measureWays,
  waysToRun,
  wayText,
} from "../../batches/plan-measurements.ts";
import type { CommandCall, CommandSpec } from "../../command-line/command.ts";
import { unlessAborted, untilInterrupted } from "../../command-line/interrupts.ts";
import { colorsOf } from "../../terminal/colors.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { writeJson, writeLine } from "../../terminal/io.ts";

const options = declareOptions({
  ...batchCommandOptions,
  nodes: option.list({
    optional: true,
    pattern: /^[1-9]\d{0,6}$/,
    expects: "numbers of nodes, such as 4,24,500",
    description: "For which numbers of nodes to predict time and cost; default: doublings, and as many as there are.",
  }),
  within: option.number({
    unit: "ms",
    optional: true,
    min: 1,
    max: 366 * 86_400_000,
    env: "CALLGRID_PLAN_WITHIN",
    description: "Say how many nodes the batch needs to be done within this time, such as 10m.",
  }),
  measure: option.list({
    optional: true,
    pattern: /^([1-9]\d{0,2}|1000)$/,
    expects: "numbers of workers, such as 1,2,4",
    env: "CALLGRID_PLAN_MEASURE",
    description:
      "Run the whole batch on so many worker threads of this machine, one number after the other, and print the times beside the predicted ones.",
  }),
  chunks: option.list({
    optional: true,
    pattern: chunkSizePattern,
    expects: "sizes of chunks, such as 500, 30k or 64KiB",
    env: "CALLGRID_PLAN_CHUNKS",
    description:
      "With --measure, run it with each of these sizes of chunks, in slices, or bytes of files: 30k,300k,3m; default: the planner chooses.",
  }),
});

export const planCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    "callgrid plan --functions functions.ts --process digitSum --bytes digits.txt --nodes 4,24,500",
    "callgrid plan --pool pool --process price --items - --count 200000 --within 10m",
    "callgrid plan --functions functions.ts --process digitSum --bytes digits.txt --measure 1,2,4 --chunks 30k,300k,3m",
  ],
  async run(call) {
    const { options: given, io, embedded } = call;
    if (given.measure !== undefined) return measure(call, given.measure);
    if (given.chunks !== undefined) throw invalidOption("--chunks", "is for --measure; --chunk-units is for a plan");
    return untilInterrupted(io, (first) =>
      withBatchLog(io, given, async (log) => {
        const { data } = await unlessAborted(first, openData(io, given));
        const grid = await unlessAborted(first, openBatchGrid(log, given, embedded));
        let run: BatchRun<unknown, unknown> | undefined;
        try {
          run = grid.batch({ ...batchSpecOf(given, data), signal: first });
          const plan = await run.plan();
          const nodes = given.nodes?.map(Number);
          const { within } = given;
          if (given.json) await writeJson(io.stdout, plan.describe(nodes, within));
          else await writeLine(io.stdout, plan.explain(nodes, within));
          return exitCodes.fine;
        } finally {
          run?.stop();
          await grid.close();
        }
      }),
    );
  },
};

/** With `--json` each measurement is printed as it comes. */
function measure(
  { options: given, io, embedded }: CommandCall<typeof options>,
  numbers: readonly string[],
): Promise<number> {
  const { json, nodes, within, chunks } = given;
  if ((nodes ?? within) !== undefined) throw invalidOption("--nodes and --within", "are for a plan, not for --measure");
  const ways = waysToRun(given, { measure: numbers, chunks });
  const { stdout, stderr, env } = io;
  return untilInterrupted(io, (signal) =>
    withBatchLog(io, given, async (log) => {
      const measurements: Measurement[] = [];
      const onStart = (way: (typeof ways)[number]): Promise<void> => writeLine(stderr, wayText(way));
      for await (const one of measureWays(ways, { io, given, log, embedded, signal, onStart })) {
        measurements.push(one);
        if (json) await writeJson(stdout, one);
      }
      const style = { isTerminal: stdout.isTTY === true, colors: colorsOf(stdout, env) };
      if (!json) await writeLine(stdout, measurementsText(measurements, style));
      return exitCodes.fine;
    }),
  );
}
