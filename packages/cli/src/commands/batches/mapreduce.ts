/** `callgrid mapreduce`: a mapper and a reducer over lines of files, on the hosts that a file names. */
import { batchOptions, countLinesInTurns, findAssociativityFailure, type LinePiece, linePieces } from "@callgrid/batch";
import { declareOptions, type OptionsResolved, option, valueFields } from "@callgrid/core";
import { showProgress } from "../../batches/batch-progress.ts";
import type { CommandSpec } from "../../command-line/command.ts";
import { connectionOptions, outputOptions } from "../../command-line/common-options.ts";
import { unlessAborted, withInterrupts } from "../../command-line/interrupts.ts";
import { logStream, makeLog } from "../../logs/log.ts";
import { ConfigFile } from "../../map-reduce/config-file.ts";
import { type Placement, placeWorkers, readHosts } from "../../map-reduce/hosts.ts";
import { scoreFrom } from "../../map-reduce/score-module.ts";
import { mapFunction, readWork, reduceFunction, type Work } from "../../map-reduce/work.ts";
import { openWorkGrid, type WorkGrid } from "../../map-reduce/work-grid.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { type CliIo, writeJson, writeLine } from "../../terminal/io.ts";
import { valueText } from "../../terminal/value-text.ts";

const options = declareOptions({
  work: option.string({ description: "The file that lists the raw files; workers/ and data/ are in the same folder." }),
  hosts: option.string({ description: "The file that lists the hosts with their processors and memory." }),
  score: option.string({
    optional: true,
    description: "A module whose function score(host) says how good a host is, instead of processors times memory.",
  }),
  pool: option.string({ default: "pool", description: "The pool of the workers, where hosts are other machines." }),
  cache: batchOptions.cache,
  ...connectionOptions,
  ...outputOptions,
});

const piecesPerWorker = 8;
// A worker that is worse than this share of the average one does not have the pieces of all cut smaller still.
const leastWeight = 0.1;
const sampledPieces = 6;
const sampledLines = 20;

export const mapreduceCommand: CommandSpec<typeof options> = {
  options,
  examples: ["callgrid mapreduce --work work.json --hosts hosts.json"],
  async run({ options: given, io, embedded }) {
    const { cache } = given;
    const work = readWork(await ConfigFile.read(io, given.work));
    const hosts = readHosts(await ConfigFile.read(io, given.hosts));
    return withInterrupts(io, async (interrupts) => {
      const { first: signal, second } = interrupts;
      const log = makeLog(given.logLevel ?? "warn", await logStream(io));
      const scoring = scoreFrom({ path: given.score, hosts, embedded, log, signal });
      const placements = placeWorkers(hosts, await unlessAborted(second, scoring));
      const grid = await openWorkGrid(io, { ...given, work, placements, interrupts }, embedded);
      try {
        const value = await unlessAborted(second, mapReduce(io, grid, { work, placements, cache, signal }));
        const { stdout } = io;
        const writing = given.json ? writeJson(stdout, valueFields(value)) : writeLine(stdout, valueText(value));
        await unlessAborted(signal, writing);
        return exitCodes.fine;
      } finally {
        await unlessAborted(second, grid.close());
      }
    });
  },
};

interface Job {
  readonly work: Work;
  readonly placements: readonly Placement[];
  readonly cache: OptionsResolved<typeof options>["cache"];
  readonly signal: AbortSignal;
}

async function mapReduce(io: CliIo, place: WorkGrid, { work, placements, cache, signal }: Job): Promise<unknown> {
  const lineCounts: number[] = [];
  for (const file of work.files) lineCounts.push(await unlessAborted(signal, countLinesInTurns(file, signal)));
  const sample = linePieces(work.files, sampledLines, lineCounts).slice(0, sampledPieces);
  await warnIfNotAssociative(io, place, { sample, cache, signal });
  const workers = placements.reduce((total, placement) => total + placement.workers, 0);
  const lines = lineCounts.reduce((total, count) => total + count, 0);
  // so that the worst worker does not hold the others up with its last piece
  const worst = Math.min(1, ...placements.map(({ workerScore }) => workerScore));
  const pieces = (workers * piecesPerWorker) / Math.max(worst, leastWeight);
  const linesPerPiece = work.linesPerPiece ?? Math.max(1, Math.ceil(lines / pieces));
  const data = linePieces(work.files, linesPerPiece, lineCounts);
  const functions = { process: mapFunction, reduce: reduceFunction };
  const run = place.grid.batch({ pool: place.pool, data, ...functions, name: "mapreduce", cache, signal });
  const showing = showProgress(io, run);
  const value = await run.result();
  await showing;
  return value;
}

/** On values of a few small pieces. The run reports what a sample throws with more context. */
async function warnIfNotAssociative(
  io: CliIo,
  { grid, pool }: WorkGrid,
  { sample, ...asking }: Pick<Job, "cache" | "signal"> & { readonly sample: readonly LinePiece[] },
): Promise<void> {
  try {
    const mapped = sample.map((piece) => [mapFunction, piece] as const);
    const values = await grid.enqueueAll(pool, mapped, asking);
    const reduced = (list: readonly unknown[]) => grid.enqueue(pool, [reduceFunction, list], asking);
    const failure = await findAssociativityFailure(values, reduced);
    if (failure === undefined) return;
    const [all, together, grouped] = [failure.values, failure.together, failure.grouped].map(valueText);
    const message = `warning: the reducer is not associative: of ${all} it makes ${together}, and in groups ${grouped}; results depend on how the work is cut`;
    await writeLine(io.stderr, message);
  } catch {
    return;
  }
}
