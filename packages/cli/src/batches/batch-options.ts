/** What `batch` and `plan` have in common: options, data, and the grid that they open. */
import { addBatches, type Batching, type BatchSpec, batchOptions, bytes, lines, range } from "@callgrid/batch";
import { connect, type Grid } from "@callgrid/client";
import { declareOptions, invalidOption, type OptionsResolved, option, textLines } from "@callgrid/core";
import type { Embedded } from "../command-line/command.ts";
import { connectionOptions, outputOptions } from "../command-line/common-options.ts";
import { openTextInput, type TextInput } from "../files/text-input.ts";
import { parseJson } from "../requests/request-text.ts";
import type { CliIo } from "../terminal/io.ts";
import type { BatchLog } from "./batch-log.ts";

/** The options of a batch on the command line. */
export const batchCommandOptions = declareOptions({
  process: option.string({ description: "The function of one slice." }),
  reduce: option.string({ optional: true, description: "The associative function of a list of values." }),
  error: option.string({
    default: "fail",
    description:
      "What to do with a slice that throws: fail, skip, retry, or the function of error and slice that gives its value.",
  }),
  range: option.string({
    optional: true,
    pattern: /^-?\d+\.\.-?\d+$/,
    expects: "two whole numbers with .. between them, such as 0..1000; the second is not part of it",
    description: "Whole numbers as data.",
  }),
  lines: option.list({ holds: "files", optional: true, description: "Files of lines as data; no line is split." }),
  bytes: option.list({ holds: "files", optional: true, description: "Files as data, cut at any byte." }),
  items: option.string({ optional: true, description: "A file of JSON values, one a line, as data; - reads stdin." }),
  sliceBytes: option.number({
    unit: "bytes",
    optional: true,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    description: "How large each slice of a file is; default: the planner chooses.",
  }),
  pool: option.string({
    optional: true,
    description: "The pool to run on; default: an embedded grid in this process.",
  }),
  functions: option.list({
    holds: "files",
    optional: true,
    description: "The modules that define the functions; needed without a pool, and lets a batch run in this process.",
  }),
  workers: option.number({
    unit: "count",
    optional: true,
    min: 1,
    max: 1_000,
    description: "How many worker threads the embedded grid has; default: one for each CPU that this process may use.",
  }),
  ...batchOptions,
  ...connectionOptions,
  ...outputOptions,
});

/** The same, resolved. */
export type BatchCommandOptions = OptionsResolved<typeof batchCommandOptions>;

/**
 * The grid that a batch runs on: that of its pool, or one in this process. Modules are loaded in threads and never in this one: it has to
 * hear signals, and what they print, or whether they end their thread, must not be that of the command.
 */
export async function openBatchGrid(
  { log, output }: BatchLog,
  options: BatchCommandOptions,
  embedded: Embedded,
): Promise<Grid & Batching> {
  const { pool, functions, workers, mode, url, grid, connectTimeoutMs } = options;
  if (pool === undefined && functions === undefined)
    throw invalidOption(
      "--functions",
      "must be given: without --pool the batch runs in this process, which needs the modules",
    );
  if (pool === undefined) {
    const threads = mode === "serial" ? 1 : workers;
    const local = await embedded.localGrid({ functions: functions ?? [], workers: threads, log, output });
    return addBatches(local, { localPool: local.pool });
  }
  const startLocalGrid = (local: { readonly functions: readonly string[]; readonly workers: number }) =>
    embedded.localGrid({ ...local, log });
  return addBatches(await connect(url, { grid, connectTimeoutMs, log }), { startLocalGrid });
}

/** The batch that the flags describe. */
export function batchSpecOf(given: BatchCommandOptions, data: unknown): BatchSpec<unknown, unknown> {
  const { pool, process, reduce, error, name, objective, mode, functions } = given;
  const { chunkUnits, count, window, wait, priority, cache, retries, maxSlices } = given;
  return {
    ...{ pool, data, process, reduce, error, name, objective, mode, functions },
    ...{ chunkUnits, count, window, wait, priority, cache, retries, maxSlices },
  };
}

/** Data of a batch. */
export interface OpenedData {
  readonly data: unknown;
  /** Whether the same data is there when the command is run again. */
  readonly canBeReadAgain: boolean;
}

/** The data that exactly one of the flags names; throws `INVALID_OPTION` for a file that cannot be read. */
export async function openData(io: CliIo, options: BatchCommandOptions): Promise<OpenedData> {
  const { range: numbers, lines: lineFiles, bytes: byteFiles, items, sliceBytes } = options;
  const given = [numbers, lineFiles, byteFiles, items].filter((flag) => flag !== undefined);
  if (given.length !== 1)
    throw invalidOption("--range, --lines, --bytes or --items", "must be given, and only one of them");
  if (items !== undefined) {
    const input = await openTextInput(io, items);
    return { data: jsonLines(input), canBeReadAgain: input.isFile };
  }
  const [from = "", to = ""] = numbers?.split("..") ?? [];
  const data =
    lineFiles !== undefined
      ? lines(lineFiles, { sliceBytes })
      : byteFiles !== undefined
        ? bytes(byteFiles, { sliceBytes })
        : range(Number(from), Number(to));
  return { data, canBeReadAgain: true };
}

async function* jsonLines({ chunks, name }: TextInput): AsyncGenerator<unknown, undefined> {
  for await (const { number, text } of textLines(chunks, name)) {
    if (text.trim() !== "") yield parseJson(text, `${name} line ${number}`);
  }
}
