/** `callgrid mapreduce`: a mapper and a reducer over lines of files, on the hosts that a file names. */
import { countLines, findAssociativityFailure, linePieces } from "@callgrid/batch";
import { declareOptions, option, valueFields } from "@callgrid/core";
import { loadFunctions } from "@callgrid/worker";
import { type CliIo, writeJson, writeLine } from "../cli-io.ts";
import type { CommandSpec } from "../command.ts";
import { connectionOptions, outputOptions } from "../common-options.ts";
import { exitCodes } from "../exit-codes.ts";
import { unlessAborted, withInterrupts } from "../interrupts.ts";
import { ConfigFile } from "../map-reduce/config-file.ts";
import { type Placement, placeWorkers, readHosts } from "../map-reduce/hosts.ts";
import { scoreFrom } from "../map-reduce/score-module.ts";
import { mapFunction, readWork, reduceFunction, type Work } from "../map-reduce/work.ts";
import { openWorkGrid, type WorkGrid } from "../map-reduce/work-grid.ts";
import { showProgress } from "../run-progress.ts";
import { valueText } from "../value-text.ts";

const options = declareOptions({
  work: option.string({ description: "The file that lists the raw files; workers/ and data/ are beside it." }),
  hosts: option.string({ description: "The file that lists the hosts with their processors and memory." }),
  score: option.string({
    optional: true,
    description: "A module whose function score(host) says how good a host is, instead of processors times memory.",
  }),
  pool: option.string({ default: "pool", description: "The pool of the workers, where hosts are other machines." }),
  ...connectionOptions,
  ...outputOptions,
});

const piecesPerWorker = 8;
// A worker that is worse than this share of the average one does not have the pieces of all cut smaller still.
const leastWeight = 0.1;
const sampledPieces = 6;
const sampledLines = 20;

export const mapreduceCommand: CommandSpec<typeof options> = {
  name: "mapreduce",
  summary:
    "Map lines of files and reduce the values, by workers/mapper.ts and workers/reducer.ts, each exporting start.",
  operands: [],
  options,
  examples: ["callgrid mapreduce --work work.json --hosts hosts.json"],
  async run({ options: given, io, embedded }) {
    const work = readWork(await ConfigFile.read(io, given.work));
    const hosts = readHosts(await ConfigFile.read(io, given.hosts));
    const placements = placeWorkers(hosts, await scoreFrom(given.score));
    await loadFunctions(work.module);
    return withInterrupts(io, async (interrupts) => {
      const { first, second } = interrupts;
      const grid = await openWorkGrid(io, { ...given, work, placements, interrupts }, embedded);
      try {
        const value = await unlessAborted(second, mapReduce(io, grid, { work, placements, signal: first }));
        await (given.json ? writeJson(io.stdout, valueFields(value)) : writeLine(io.stdout, valueText(value)));
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
  readonly signal: AbortSignal;
}

async function mapReduce(io: CliIo, place: WorkGrid, { work, placements, signal }: Job): Promise<unknown> {
  await warnIfNotAssociative(io, place, work);
  const workers = placements.reduce((total, placement) => total + placement.workers, 0);
  const lines = work.files.reduce((total, file) => total + countLines(file), 0);
  // so that the worst worker does not hold the others up with its last piece
  const worst = Math.min(1, ...placements.map(({ workerScore }) => workerScore));
  const pieces = (workers * piecesPerWorker) / Math.max(worst, leastWeight);
  const linesPerPiece = work.linesPerPiece ?? Math.max(1, Math.ceil(lines / pieces));
  const data = linePieces(work.files, linesPerPiece);
  const functions = { process: mapFunction, reduce: reduceFunction };
  const run = place.grid.batch({ pool: place.pool, data, ...functions, name: "mapreduce", signal });
  const showing = showProgress(io, run);
  const value = await run.result();
  await showing;
  return value;
}

/** On values of a few small pieces. What a sample throws, the run will tell with more context. */
async function warnIfNotAssociative(io: CliIo, { grid, pool }: WorkGrid, { files }: Work): Promise<void> {
  const pieces = linePieces(files, sampledLines).slice(0, sampledPieces);
  try {
    const values = await grid.enqueueAll(
      pool,
      pieces.map((piece) => [mapFunction, piece] as const),
    );
    const failure = await findAssociativityFailure(values, (list) => grid.enqueue(pool, [reduceFunction, list]));
    if (failure === undefined) return;
    const [all, together, grouped] = [failure.values, failure.together, failure.grouped].map(valueText);
    const message = `warning: the reducer is not associative: of ${all} it makes ${together}, and in groups ${grouped}; results depend on how the work is cut`;
    await writeLine(io.stderr, message);
  } catch {
    return;
  }
}
