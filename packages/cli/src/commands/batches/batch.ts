/** `callgrid batch`: a large piece of work, cut, run and put together. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { homedir, setPriority } from "node:os";
import { join, resolve } from "node:path";
import {
  type BatchRun,
  type Chunk,
  checkFilePlaces,
  extraColumns,
  FileCheckpoint,
  type NamedFile,
  RunReport,
  resultOptions,
  sliceCount,
  unwritable,
} from "@callgrid/batch";
import { declareOptions, messageOf, option } from "@callgrid/core";
import { type BatchLog, withBatchLog } from "../../batches/batch-log.ts";
import {
  type BatchCommandOptions,
  batchCommandOptions,
  batchSpecOf,
  openBatchGrid,
  openData,
} from "../../batches/batch-options.ts";
import { showProgress } from "../../batches/batch-progress.ts";
import { batchSummary, takeResults } from "../../batches/batch-results.ts";
import type { CommandSpec } from "../../command-line/command.ts";
import { niceOption } from "../../command-line/common-options.ts";
import { unlessAborted, untilInterrupted } from "../../command-line/interrupts.ts";
import { exitCodeOf, exitCodes } from "../../terminal/exit-codes.ts";
import { type CliIo, writeLine } from "../../terminal/io.ts";

const options = declareOptions({
  ...batchCommandOptions,
  ...resultOptions,
  ...niceOption,
  csv: option.string({ optional: true, description: "Where to write values as CSV; gzipped if the name ends in .gz." }),
  ndjson: option.string({ optional: true, description: "Where to write values as JSON, one a line; gzipped if .gz." }),
  failed: option.string({
    optional: true,
    description: "Where to write failed slices with their error trees, as JSON.",
  }),
  columns: option.list({
    default: [],
    pattern: /./,
    expects: "names of columns",
    description: `Columns besides index: ${extraColumns.join(", ")}; and instead of value the keys of values: mean, range.low in an object, 0 in a list.`,
  }),
  report: option.string({
    optional: true,
    description:
      "Where to write an HTML page about the run: what each worker did when, throughput, the slowest chunks.",
  }),
  order: option.choice({
    choices: ["slices", "finished"],
    default: "slices",
    description: "Write values in the order of the slices, or as they come.",
  }),
  checkpoint: option.string({
    optional: true,
    description: "Where to note how far the run is; default: a file for this batch under ~/.local/state.",
  }),
  logFolder: option.string({
    optional: true,
    description:
      "A folder for logs instead of stderr: batch.log, and slices/N.log.gz for each slice that logs; only without a pool.",
  }),
});

type Options = BatchCommandOptions & {
  readonly csv: string | undefined;
  readonly ndjson: string | undefined;
  readonly nice: number;
  readonly failed: string | undefined;
  readonly report: string | undefined;
  readonly columns: readonly string[];
  readonly formulas: "escape" | "keep";
  readonly order: "slices" | "finished";
  readonly checkpoint: string | undefined;
  readonly logFolder: string | undefined;
};

export const batchCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    "callgrid batch --functions functions.ts --process digitSum --reduce total --bytes digits.txt",
    "callgrid batch --pool pool --process price --items book.ndjson --error skip --csv prices.csv.gz --failed failed.ndjson",
  ],
  async run({ options: given, io, embedded }) {
    return untilInterrupted(io, (first) =>
      withBatchLog(io, given, async (log) => {
        const { data, canBeReadAgain } = await unlessAborted(first, openData(io, given));
        checkPlaces(given);
        // threads that start from here on have it as well
        if (given.nice > 0) setPriority(0, given.nice);
        const grid = await unlessAborted(first, openBatchGrid(log, given, embedded));
        try {
          const checkpoint = await openCheckpoint(io, given, canBeReadAgain);
          const spec = { ...batchSpecOf(given, data), signal: first, checkpoint, isTimed: needsTimes(given) };
          return await withCheckpoint(io, checkpoint, () => carryOut(io, grid.batch(spec), { ...given, ...log }));
        } finally {
          await grid.close();
        }
      }),
    );
  },
};

function* placesOf({ firstSlice, slices }: Chunk): Generator<number, undefined> {
  for (let place = 0; place < sliceCount(slices); place += 1) yield firstSlice + place;
}

function needsTimes({ columns }: Options): boolean {
  return columns.includes("start") || columns.includes("interval");
}

/** A checkpoint is removed once all is done, and else kept for the same command. */
async function withCheckpoint(
  io: CliIo,
  checkpoint: FileCheckpoint | undefined,
  run: () => Promise<number>,
): Promise<number> {
  try {
    const exitCode = await run();
    await checkpoint?.remove();
    return exitCode;
  } catch (problem) {
    await tellHowToResume(io, checkpoint, problem);
    throw problem;
  }
}

/** Writes the results of the batch; resolves to the exit code. */
async function carryOut(io: CliIo, run: BatchRun<unknown, unknown>, given: Options & BatchLog): Promise<number> {
  const showing = showProgress(io, run);
  const report = new RunReport();
  run.onChunk((finished) => report.note(finished));
  run.onChunk(({ chunk }) => given.sliceLogs?.flush(placesOf(chunk)));
  await takeResults(io, run, given);
  await showing;
  if (given.report !== undefined) await writeReport(given.report, run, report);
  const { failedSlices } = run.standing;
  const summary = batchSummary(run.standing, given);
  if (summary !== undefined) await writeLine(io.stderr, summary);
  return failedSlices === 0 ? exitCodes.fine : exitCodes.failed;
}

async function writeReport(path: string, run: BatchRun<unknown, unknown>, report: RunReport): Promise<void> {
  const plan = (await run.plan()).explain();
  const html = report.html({ name: run.name, plan, progress: run.standing });
  await writeFile(path, html, { mode: 0o600 }).catch((cause: unknown) => Promise.reject(unwritable(path, cause)));
}

/** Before any of the outputs is begun. */
function checkPlaces(given: Options): void {
  const { items, lines, bytes, functions, csv, ndjson, failed, report, checkpoint } = given;
  checkFilePlaces({
    inputs: [
      ...namedFiles("--items", items === undefined ? [] : [items]),
      ...namedFiles("--lines", lines),
      ...namedFiles("--bytes", bytes),
      ...namedFiles("--functions", functions),
    ],
    outputs: [
      ...Object.entries({ csv, ndjson, failed, report }).flatMap(([name, path]) =>
        path === undefined ? [] : [{ option: `--${name}`, path }],
      ),
      ...namedFiles("--checkpoint", checkpoint === undefined ? [] : [checkpoint]).map((file) => ({
        ...file,
        makesFolder: true,
      })),
    ],
  });
}

function namedFiles(option: string, paths: readonly string[] = []): NamedFile[] {
  return paths.map((path) => ({ option, path }));
}

/** Of data that comes once, such as that of a pipe, there is nothing to go on with. */
async function openCheckpoint(io: CliIo, given: Options, canBeReadAgain: boolean): Promise<FileCheckpoint | undefined> {
  if (given.checkpoint !== undefined) return FileCheckpoint.open(given.checkpoint);
  if (!canBeReadAgain) return undefined;
  const { name, process, reduce, error, retries, cache, functions, range, lines, bytes, items, pool, grid, url } =
    given;
  const [modules, files] = [functions ?? [], [...(lines ?? []), ...(bytes ?? []), items ?? ""]].map((paths) =>
    paths.map((path) => resolve(path)),
  );
  const work = [name, process, reduce, error, retries, cache, modules, pool, grid, url];
  const batch = JSON.stringify([...work, range, files, given.sliceBytes, given.chunkUnits]);
  const key = createHash("sha256").update(batch).digest("hex").slice(0, 16);
  try {
    return await FileCheckpoint.open(join(stateFolder(io.env), "checkpoints", key));
  } catch (problem) {
    const reason = messageOf(problem);
    await writeLine(io.stderr, `this run cannot be resumed, since no checkpoint can be kept: ${reason}`);
    return undefined;
  }
}

/** Where a user's programs keep what should outlive them; other users have no business there. */
function stateFolder(env: CliIo["env"]): string {
  return join(env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "callgrid");
}

async function tellHowToResume(io: CliIo, checkpoint: FileCheckpoint | undefined, problem: unknown): Promise<void> {
  if (checkpoint === undefined) return;
  const { finishedCount, path } = checkpoint;
  await checkpoint.close();
  if (finishedCount === 0 || exitCodeOf(problem) === exitCodes.usage) return;
  const chunks = `${finishedCount} chunk${finishedCount === 1 ? " is" : "s are"}`;
  await writeLine(io.stderr, `${chunks} finished and kept in ${path}; to go on from there, run the same command again`);
}
