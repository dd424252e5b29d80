/** `callgrid logs merge`: the logs of several nodes and machines as one stream, in the order of time. */
import { declareOptions, GridError, option } from "@callgrid/core";
import type { CommandSpec } from "../command-line/command.ts";
import { unlessAborted, withInterrupts } from "../command-line/interrupts.ts";
import { openTextInput } from "../files/text-input.ts";
import { mergeLogs } from "../logs/log-merger.ts";
import { type LogRecord, readLog } from "../logs/log-records.ts";
import { prettyLine } from "../logs/pretty-line.ts";
import { visibleLogLine } from "../logs/shown-line.ts";
import { parseRequestOrId } from "../requests/request-text.ts";
import { hasColors } from "../terminal/colors.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { type CliIo, writeLine, writeShown } from "../terminal/io.ts";

const options = declareOptions({
  request: option.string({
    optional: true,
    description: "Show only lines about this request, given as JSON or by its id: also of a slice, or of a chunk.",
  }),
  json: option.boolean({ default: false, description: "Print lines as they are in the files, also at a terminal." }),
});

export const logsCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    "callgrid logs merge host1/worker.log* host2/worker.log*",
    `callgrid logs merge logs/* --request '["ratio",7]'`,
  ],
  async run({ operands: [action, ...files], options: { request, json }, io }) {
    if (action !== "merge") throw unknownAction(action);
    const wanted = request === undefined ? undefined : parseRequestOrId(request).id;
    return withInterrupts(io, async ({ first }) => {
      const logs = await unlessAborted(first, Promise.all(files.map((file) => openTextInput(io, file))));
      const problems: string[] = [];
      const records = mergeLogs(logs.map((log) => readLog(log, (problem) => problems.push(problem))));
      await unlessAborted(first, printRecords(io, records, { json, wanted }));
      for (const problem of problems) await writeLine(io.stderr, problem);
      return problems.length === 0 ? exitCodes.fine : exitCodes.failed;
    });
  },
};

async function printRecords(
  { stdout, env }: CliIo,
  records: AsyncIterable<LogRecord>,
  { json, wanted }: { readonly json: boolean; readonly wanted: string | undefined },
): Promise<void> {
  const show = json || stdout.isTTY !== true ? visibleLogLine : prettyLine(hasColors(stdout, env));
  for await (const { text, fields } of records) {
    if (wanted !== undefined && fields["requestId"] !== wanted && fields["chunk"] !== wanted) continue;
    await writeShown(stdout, text.split("\n").map(show).join(""));
  }
}

function unknownAction(action: string | undefined): GridError {
  return new GridError(
    "INVALID_OPTION",
    `callgrid logs ${action ?? ""}: there is only "callgrid logs merge <file...>"`,
  );
}
