/** `callgrid mapreduce`: a mapper and a reducer over lines of files, on the hosts that a file names. */
import { addBatches, type Batching, countLines, findAssociativityFailure, linePieces } from "@callgrid/batch";
import { connect, type Grid } from "@callgrid/client";
import { declareOptions, GridError, option } from "@callgrid/core";
import { loadFunctions } from "@callgrid/worker";
import { type CliIo, writeLine } from "../cli-io.ts";
import type { CommandSpec, Embedded } from "../command.ts";
import { connectionOptions, outputOptions } from "../common-options.ts";
import { exitCodes } from "../exit-codes.ts";
import { unlessAborted, withInterrupts } from "../interrupts.ts";
import { logStream, makeLog } from "../log.ts";
import { ConfigFile } from "../map-reduce/config-file.ts";
import { isThisMachine, type Placement, placeWorkers, readHosts } from "../map-reduce/hosts.ts";
import { scoreFrom } from "../map-reduce/score-module.ts";
import { mapFunction, readWork, reduceFunction, type Work } from "../map-reduce/work.ts";
import { showProgress } from "../run-progress.ts";
import { valueFields, valueText } from "../value-text.ts";

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

type MapReduceGrid = Grid & Batching & { readonly pool: string };

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
    const work = readWork(new ConfigFile(given.work));
    const hosts = readHosts(new ConfigFile(given.hosts));
    const placements = placeWorkers(hosts, await scoreFrom(given.score));
    await loadFunctions(work.module);
    return withInterrupts(io, async ({ first, second }) => {
      const grid = await unlessAborted(first, openGrid(io, { ...given, work, placements }, embedded));
      try {
        const value = await unlessAborted(second, mapReduce(io, grid, { work, placements, signal: first }));
        await writeLine(io.stdout, given.json ? JSON.stringify(valueFields(value)) : valueText(value));
        return exitCodes.fine;
      } finally {
        await unlessAborted(second, grid.close());
      }
    });
  },
};

interface Opening {
  readonly work: Work;
  readonly placements: readonly Placement[];
  readonly pool: string;
  readonly url: string;
  readonly grid: string;
  readonly connectTimeoutMs: number;
  readonly logLevel: string | undefined;
}

/** Threads where all hosts are this machine; else the pool, once every host has workers in it. */
async function openGrid(io: CliIo, opening: Opening, embedded: Embedded): Promise<MapReduceGrid> {
  const { work, placements, pool, url, grid, connectTimeoutMs, logLevel } = opening;
  const log = makeLog(logLevel ?? "warn", logStream(io));
  if (placements.every(isThisMachine)) {
    const workers = placements.reduce((total, placement) => total + placement.workers, 0);
    const workerHeapBytes = Math.min(...placements.map(({ workerBytes }) => workerBytes));
    const local = await embedded.localGrid({ functions: [work.module], workers, workerHeapBytes, log });
    return Object.assign(addBatches(local, { localPool: local.pool }), { pool: local.pool });
  }
  const connected = Object.assign(addBatches(await connect(url, { grid, connectTimeoutMs, log })), { pool });
  try {
    await refuseAbsentHosts(connected, placements, work.module);
  } catch (error) {
    await connected.close();
    throw error;
  }
  return connected;
}

async function refuseAbsentHosts(grid: MapReduceGrid, placements: readonly Placement[], module: string): Promise<void> {
  const { members } = await grid.status(grid.pool);
  const present = new Set(
    members.filter(({ kind }) => kind === "worker").map(({ description }) => description["host"]),
  );
  const absent = placements.find((placement) => !isThisMachine(placement) && !present.has(placement.host));
  if (absent === undefined) return;
  const command = `callgrid worker --pool ${grid.pool} --functions ${module} --count ${absent.workers} --score ${absent.workerScore}`;
  throw new GridError(
    "INVALID_OPTION",
    `host ${absent.host} is not up: pool "${grid.pool}" has no worker there; start: ${command}`,
    {
      details: { host: absent.host },
    },
  );
}

interface Job {
  readonly work: Work;
  readonly placements: readonly Placement[];
  readonly signal: AbortSignal;
}

async function mapReduce(io: CliIo, grid: MapReduceGrid, { work, placements, signal }: Job): Promise<unknown> {
  await warnIfNotAssociative(io, grid, work);
  const workers = placements.reduce((total, placement) => total + placement.workers, 0);
  const lines = work.files.reduce((total, file) => total + countLines(file), 0);
  // so that the worst worker does not hold the others up with its last piece
  const worst = Math.min(1, ...placements.map(({ workerScore }) => workerScore));
  const pieces = (workers * piecesPerWorker) / Math.max(worst, leastWeight);
  const linesPerPiece = work.linesPerPiece ?? Math.max(1, Math.ceil(lines / pieces));
  const data = linePieces(work.files, linesPerPiece);
  const run = grid.batch({
    pool: grid.pool,
    data,
    process: mapFunction,
    reduce: reduceFunction,
    name: "mapreduce",
    signal,
  });
  const showing = showProgress(io, run);
  const value = await run.result();
  await showing;
  return value;
}

/** On values of a few small pieces. What a sample throws, the run will tell with more context. */
async function warnIfNotAssociative(io: CliIo, grid: MapReduceGrid, { files }: Work): Promise<void> {
  const pieces = linePieces(files, sampledLines).slice(0, sampledPieces);
  try {
    const values = await grid.enqueueAll(
      grid.pool,
      pieces.map((piece) => [mapFunction, piece] as const),
    );
    const failure = await findAssociativityFailure(values, (list) => grid.enqueue(grid.pool, [reduceFunction, list]));
    if (failure === undefined) return;
    const [all, together, grouped] = [failure.values, failure.together, failure.grouped].map(valueText);
    const message = `warning: the reducer is not associative: of ${all} it makes ${together}, and in groups ${grouped}; results depend on how the work is cut`;
    await writeLine(io.stderr, message);
  } catch {
    return;
  }
}
