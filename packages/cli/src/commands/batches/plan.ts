/** `callgrid plan`: measures a batch by a pilot, and says how it would be run, and what other numbers of nodes would take. */
import type { BatchRun } from "@callgrid/batch";
import { declareOptions, option } from "@callgrid/core";
import { withBatchLog } from "../../batches/batch-log.ts";
import { batchCommandOptions, batchSpecOf, openBatchGrid, openData } from "../../batches/batch-options.ts";
import type { CommandSpec } from "../../command-line/command.ts";
import { unlessAborted, untilInterrupted } from "../../command-line/interrupts.ts";
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
});

export const planCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    "callgrid plan --functions functions.ts --process digitSum --bytes digits.txt --nodes 4,24,500",
    "callgrid plan --pool pool --process price --items - --count 200000 --within 10m",
  ],
  async run({ options: given, io, embedded }) {
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
