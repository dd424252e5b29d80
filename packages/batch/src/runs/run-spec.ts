/** A run as it is kept: plain data, so that any runner can carry it out, and go on with it. */
import { declareOptions, GridError, type OptionsGiven, option, resolveOptions } from "@callgrid/core";
import { batchOptions } from "../batch-spec.ts";
import { bytes, lines } from "../file-source.ts";
import { type FunctionName, functionNameOf } from "../named-function.ts";
import { range } from "../number-range.ts";

/** The data of a run: what a batch takes, in plain words. Files are paths on the runner's and the workers' machines. */
export type RunData =
  | { readonly range: readonly [from: number, to: number] }
  | { readonly lines: string | readonly string[]; readonly sliceBytes?: number }
  | { readonly bytes: string | readonly string[]; readonly sliceBytes?: number }
  | { readonly items: readonly unknown[] };

const { name, objective, chunkUnits, window, retries, maxSlices } = batchOptions;

/** The declared options of a run; the rest of a {@link RunSpec} has no text form. */
const runOptions = declareOptions({
  ...{ name, objective, chunkUnits, window, retries, maxSlices },
  csv: option.string({ optional: true, description: "Where the runner writes values as CSV; gzipped if .gz." }),
  ndjson: option.string({
    optional: true,
    description: "Where the runner writes values as JSON, one a line; gzipped if .gz.",
  }),
  failed: option.string({
    optional: true,
    description: "Where the runner writes failed slices with their error trees.",
  }),
  delayMs: option.number({
    unit: "ms",
    default: 0,
    min: 0,
    max: 366 * 86_400_000,
    description: "How long to wait before it begins.",
  }),
  cron: option.string({ optional: true, description: "When to begin, again and again: a cron pattern." }),
  attempts: option.number({
    unit: "count",
    default: 1,
    min: 1,
    max: 1_000,
    description: "How often it is tried in all when it fails.",
  }),
  backoffMs: option.number({
    unit: "ms",
    default: 1_000,
    min: 0,
    max: 86_400_000,
    description: "How long to wait before the second attempt; twice as long before each further one.",
  }),
});

/**
 * A run to submit: a batch by names and plain data, and when to run it. It has to have `reduce`, or a file to write values to.
 */
export interface RunSpec extends OptionsGiven<typeof runOptions> {
  readonly pool: string;
  readonly data: RunData;
  readonly process: FunctionName;
  readonly reduce?: FunctionName | undefined;
  /** As in a batch; default `fail`. */
  readonly error?: "fail" | "skip" | "retry" | FunctionName | undefined;
}

/** A run as its job holds it. */
export interface RunJobData {
  readonly pool: string;
  readonly data: RunData;
  readonly process: string;
  readonly reduce?: string;
  readonly error: string;
  readonly options: Readonly<Record<string, unknown>> & ReturnType<typeof resolveRunOptions>;
  /** Set to have a runner give it up. */
  readonly isCancelled?: boolean;
}

/** Checks a run; throws `INVALID_OPTION` under `submitRun.…`. */
export function checkRun(spec: RunSpec): RunJobData {
  const { pool, data, process, reduce, error = "fail", ...rest } = spec;
  const options = resolveRunOptions(rest);
  openRunData(data);
  if (reduce === undefined && options.csv === undefined && options.ndjson === undefined)
    throw invalid("submitRun.reduce", "must be given, or csv or ndjson: values have to go somewhere");
  return {
    ...{ pool, data, options, process: functionNameOf(process, "submitRun.process") },
    error: functionNameOf(error, "submitRun.error"),
    ...(reduce !== undefined && { reduce: functionNameOf(reduce, "submitRun.reduce") }),
  };
}

/** What a batch takes as data. */
export function openRunData(data: RunData): unknown {
  if (typeof data === "object" && data !== null) {
    if ("range" in data) return range(...data.range);
    if ("lines" in data) return lines(data.lines, { sliceBytes: data.sliceBytes });
    if ("bytes" in data) return bytes(data.bytes, { sliceBytes: data.sliceBytes });
    if ("items" in data && Array.isArray(data.items)) return data.items;
  }
  throw invalid(
    "submitRun.data",
    "must be { range: [from, to] }, { lines: files }, { bytes: files } or { items: [...] }",
  );
}

function resolveRunOptions(given: object) {
  return resolveOptions(runOptions, given as Readonly<Record<string, unknown>>, "submitRun");
}

function invalid(path: string, problem: string): GridError {
  return new GridError("INVALID_OPTION", `${path} ${problem}`, { details: { path } });
}
