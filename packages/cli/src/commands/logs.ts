/** `callgrid logs merge`: the logs of several nodes and machines as one stream, in the order of time. */
import { declareOptions, GridError, option } from "@callgrid/core";
import { type CliIo, writeLine } from "../cli-io.ts";
import { hasColors } from "../colors.ts";
import type { CommandSpec } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { openTextInput } from "../files/text-input.ts";
import { prettyLine } from "../log.ts";
import { mergeLogs } from "../log-merger.ts";
import { type LogRecord, readLog } from "../log-records.ts";
import { parseRequestOrId } from "../request-text.ts";

const options = declareOptions({
  request: option.string({
    optional: true,
    description: "Only what is told of this request, given as JSON or by its id.",
  }),
  json: option.boolean({ default: false, description: "Print lines as they are in the files, also at a terminal." }),
});

export const logsCommand: CommandSpec<typeof options> = {
  name: "logs",
  summary: "Make one time-ordered stream of several log files, compressed ones (.gz) included.",
  operands: [
    ["<merge>", "what to do with them: merge"],
    ["<file...>", "files as --log-file writes them"],
  ],
  options,
  examples: [
    "callgrid logs merge host1/worker.log* host2/worker.log*",
    `callgrid logs merge logs/* --request '["ratio",7]'`,
  ],
  async run({ operands: [action, ...files], options: { request, json }, io }) {
    if (action !== "merge") throw unknownAction(action);
    const wanted = request === undefined ? undefined : parseRequestOrId(request).id;
    const logs = await Promise.all(files.map((file) => openTextInput(io, file)));
    const show = showIn(io, json);
    const problems: string[] = [];
    for await (const record of mergeLogs(logs.map((log) => readLog(log, (problem) => problems.push(problem))))) {
      if (wanted === undefined || record.fields["requestId"] === wanted) await writeLine(io.stdout, show(record));
    }
    for (const problem of problems) await writeLine(io.stderr, problem);
    return problems.length === 0 ? exitCodes.fine : exitCodes.failed;
  },
};

function showIn({ stdout, env }: CliIo, json: boolean): (record: LogRecord) => string {
  if (json || stdout.isTTY !== true) return ({ text }) => text;
  const prettify = prettyLine(hasColors(stdout, env));
  return ({ text }) => text.split("\n").map(prettify).join("\n").trimEnd();
}

function unknownAction(action: string | undefined): GridError {
  return new GridError(
    "INVALID_OPTION",
    `callgrid logs ${action ?? ""}: there is only "callgrid logs merge <file...>"`,
  );
}
