/** Runs a batch with several numbers of workers and sizes of chunks, and puts each measured time beside the predicted one. */
import type { BatchSpec } from "@callgrid/batch";
import { invalidOption, option, parseOptionText } from "@callgrid/core";
import type { Embedded } from "../command-line/command.ts";
import { unlessAborted } from "../command-line/interrupts.ts";
import { counted, durationText } from "../terminal/durations.ts";
import type { CliIo } from "../terminal/io.ts";
import { type TableStyle, tableText } from "../terminal/table.ts";
import type { BatchLog } from "./batch-log.ts";
import { type BatchCommandOptions, batchSpecOf, openBatchGrid, openData } from "./batch-options.ts";

/** A way to run the batch. */
export interface WayToRun {
  readonly workers: number;
  /** In slices, or bytes of files; undefined: the planner chooses. */
  readonly chunkUnits: number | undefined;
}

/** How long the batch took one way. */
export interface Measurement {
  readonly workers: number;
  /** As asked for, or as the planner began. */
  readonly chunkUnits: number;
  readonly isChunkGiven: boolean;
  readonly unit: "slice" | "byte";
  /** From the start of the pilot to the last value. */
  readonly measuredMs: number;
  /** By the plan; undefined for data of unknown length. */
  readonly predictedMs: number | undefined;
}

const amount = option.number({ unit: "bytes", default: 1, min: 1, max: Number.MAX_SAFE_INTEGER, description: "" });
/** A size of chunks, such as 500, 30k (30,000), 3m, or 64KiB as options of bytes have it. */
export const chunkSizePattern = /^[1-9]\d{0,8}([kmg]|[kmg]i?b)?$/i;

const thousands: Readonly<Record<string, string>> = { k: "000", m: "000000", g: "000000000" };

function unitsOf(size: string): number {
  const digits = size.replace(/[kmg]$/i, (suffix) => thousands[suffix.toLowerCase()] ?? "");
  return parseOptionText(amount, digits, "--chunks");
}

/** All ways that are asked for: the sizes of chunks one after the other, each with every number of workers. */
export function waysToRun(
  { pool, mode, items, workers, chunkUnits, objective }: BatchCommandOptions,
  { measure, chunks }: { readonly measure: readonly string[]; readonly chunks: readonly string[] | undefined },
): WayToRun[] {
  const refuse = (why: string): never => {
    throw invalidOption("--measure", why);
  };
  if (pool !== undefined) refuse("counts worker threads of this machine: leave out --pool and give --functions");
  if (mode !== undefined && mode !== "local") refuse(`runs on worker threads: leave out --mode ${mode}`);
  if (items === "-") refuse("reads the data several times, which stdin has only once: write it to a file");
  if (workers !== undefined) refuse("has the numbers of workers: leave out --workers");
  if (chunkUnits !== undefined) refuse("has the sizes of chunks in --chunks: leave out --chunk-units");
  if (objective !== "fast") refuse(`uses all workers: leave out --objective ${objective}`);
  const sizesOfChunks = chunks?.map(unitsOf) ?? [undefined];
  return sizesOfChunks.flatMap((size) => measure.map((count) => ({ workers: Number(count), chunkUnits: size })));
}

/** What {@link measureWays} runs. */
export interface MeasuredBatch {
  readonly io: CliIo;
  readonly given: BatchCommandOptions;
  readonly log: BatchLog;
  readonly embedded: Embedded;
  readonly signal: AbortSignal;
  readonly onStart: (way: WayToRun) => Promise<void>;
}

/** Runs the whole batch each way, on worker threads that have loaded the functions; values are neither taken from a cache nor kept. */
export async function* measureWays(
  ways: readonly WayToRun[],
  { io, given, log, embedded, signal, onStart }: MeasuredBatch,
): AsyncGenerator<Measurement, undefined> {
  for (const way of ways) {
    await onStart(way);
    const { data } = await unlessAborted(signal, openData(io, given));
    const here = { ...given, workers: way.workers, mode: "local" as const };
    const grid = await unlessAborted(signal, openBatchGrid(log, here, embedded));
    try {
      const spec: BatchSpec<unknown, unknown> = {
        ...batchSpecOf(here, data),
        // all of the workers get chunks, also where the plan needs fewer
        ...{ chunkUnits: way.chunkUnits, window: given.window ?? 2 * way.workers, cache: "bypass", signal },
      };
      const run = grid.batch(spec);
      const plan = await run.plan();
      await run.result();
      const { elapsedMs, unit } = run.standing;
      const { chunkUnits, predictedMs } = plan;
      const isChunkGiven = way.chunkUnits !== undefined;
      yield { workers: way.workers, chunkUnits, isChunkGiven, unit, measuredMs: elapsedMs, predictedMs };
    } finally {
      await grid.close();
    }
  }
}

/** What a way is called while it runs. */
export function wayText({ workers, chunkUnits }: WayToRun): string {
  const chunks = chunkUnits === undefined ? "chunks as planned" : `chunks of ${chunkUnits.toLocaleString("en")}`;
  return `measuring with ${counted(workers, "worker")}, ${chunks}`;
}

/** A table, in which each size of chunks has the speed of more workers beside that of the first number. */
export function measurementsText(measurements: readonly Measurement[], style: TableStyle): string {
  const unit = measurements[0]?.unit ?? "slice";
  const firsts = new Map<number, Measurement>();
  const rows = measurements.map((one) => {
    const size = one.isChunkGiven ? one.chunkUnits : 0;
    const first = firsts.get(size) ?? one;
    firsts.set(size, first);
    const { workers, chunkUnits, isChunkGiven, measuredMs, predictedMs } = one;
    return [
      `${chunkUnits.toLocaleString("en")}${isChunkGiven ? "" : " at first"}`,
      String(workers),
      durationText(measuredMs),
      predictedMs === undefined ? "unknown" : durationText(predictedMs),
      predictedMs === undefined ? "" : (measuredMs / predictedMs).toFixed(2),
      (first.measuredMs / measuredMs).toFixed(2),
    ];
  });
  const heads = [`${unit}s a chunk`, "workers", "measured", "predicted", "measured / predicted", "speed-up"];
  return tableText({ heads, rows }, style);
}
