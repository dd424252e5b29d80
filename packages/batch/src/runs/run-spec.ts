/** A run as it is kept: plain data, so that any runner can carry it out, and go on with it. */
import { declareOptions, invalidOption, option, parsePool, resolveOptions } from "@callgrid/core";
import { type FunctionName, functionNameOf } from "../chunks/named-function.ts";
import { resultOptions } from "../results/result-file.ts";
import { batchOptions } from "../spec/batch-spec.ts";
import { checkPath, filesOf, type KeptRunData, keepRunData, type RunData } from "./run-data.ts";
import type { RunOptionsGiven } from "./run-options-given.ts";
import { defaultZone, nextTime } from "./schedule-time.ts";

const { name, objective, chunkUnits, window, cache, retries, maxSlices } = batchOptions;

/** The declared options of a run; the rest of a {@link RunSpec} has no text form. */
export const runOptions = declareOptions({
  ...{ name, objective, chunkUnits, window, cache, retries, maxSlices },
  ...resultOptions,
  csv: option.string({
    optional: true,
    description: "Where the runner writes values as CSV, an absolute path; gzipped if .gz.",
  }),
  ndjson: option.string({
    optional: true,
    description: "Where the runner writes values as JSON, one a line, an absolute path; gzipped if .gz.",
  }),
  failed: option.string({
    optional: true,
    description: "Where the runner writes failed slices with their error trees, an absolute path.",
  }),
  delayMs: option.number({
    unit: "ms",
    default: 0,
    min: 0,
    max: 366 * 86_400_000,
    description: "How long to wait before it begins.",
  }),
  cron: option.string({
    optional: true,
    description: "When to begin, again and again: a cron pattern of five fields, or of six with seconds first.",
  }),
  tz: option.string({ optional: true, description: "The IANA time zone of the cron pattern; default: UTC." }),
  replace: option.boolean({
    default: false,
    description: "With cron: whether to take the place of a schedule of the same name, which is refused otherwise.",
  }),
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
 * With `cron` it is a schedule, whose id is its `name`, or a new one where it has none.
 *
 * @beta
 */
export interface RunSpec extends RunOptionsGiven {
  /** The pool to run on. */
  readonly pool: string;
  /** What to work on, as plain data: a range, files, or a list of slices. */
  readonly data: RunData;
  /** The name of a defined function of one slice, or what `define` returned. */
  readonly process: FunctionName;
  /** The name of an associative function of a list of values, or what `define` returned. Default: values go to a file. */
  readonly reduce?: FunctionName | undefined;
  /** What happens to slices whose evaluation throws, as in a batch. Default: `"fail"`. */
  readonly error?: "fail" | "skip" | "retry" | FunctionName | undefined;
}

/** A run as its job holds it. */
export interface RunJobData {
  readonly pool: string;
  readonly data: KeptRunData;
  readonly process: string;
  readonly reduce?: string;
  readonly error: string;
  readonly options: ReturnType<typeof resolveRunOptions>;
}

/** Checks a run; throws `INVALID_OPTION` under `submitRun.…`, and for items that cannot travel `INVALID_VALUE`. */
export function checkRun(spec: RunSpec): RunJobData {
  if (typeof spec !== "object" || spec === null || Array.isArray(spec))
    throw invalidOption("submitRun", "must be an object");
  const { pool, data, process, reduce, error = "fail" } = spec;
  const options = resolveRunOptions(spec);
  const kept = keepRunData(data);
  checkOutputs(options, reduce !== undefined, filesOf(kept));
  checkTime(options, spec.name !== undefined);
  return {
    ...{ pool: parsePool(pool), data: kept, options, process: functionNameOf(process, "submitRun.process") },
    error: functionNameOf(error, "submitRun.error"),
    ...(reduce !== undefined && { reduce: functionNameOf(reduce, "submitRun.reduce") }),
  };
}

type RunOptions = RunJobData["options"];

/** Values go to one place at least, and no file of the run is two things at once. */
function checkOutputs({ csv, ndjson, failed }: RunOptions, isReduced: boolean, data: readonly string[]): void {
  const outputs = Object.entries({ csv, ndjson, failed }).filter(([, path]) => path !== undefined);
  if (!isReduced && csv === undefined && ndjson === undefined)
    throw invalidOption("submitRun.reduce", "must be given, or csv or ndjson: values have to go somewhere");
  const used = new Set(data);
  for (const [output, path] of outputs) {
    const where = `submitRun.${output}`;
    if (isReduced) throw invalidOption(where, "is for values of slices; with reduce there is one value");
    if (used.has(checkPath(path, where))) throw invalidOption(where, `must be a file of its own, got ${path} twice`);
    used.add(String(path));
  }
}

/** The name of a schedule is its id among those of runs, which are numbers, and part of BullMQ's keys, by colons. */
function checkTime({ cron, tz, delayMs, replace, name: id }: RunOptions, isNamed: boolean): void {
  if (cron === undefined) {
    if (tz !== undefined) throw invalidOption("submitRun.tz", "is for cron");
    if (replace) throw invalidOption("submitRun.replace", "is for cron");
    return;
  }
  nextTime({ cron, tz: tz ?? defaultZone }, Date.now());
  if (delayMs > 0) throw invalidOption("submitRun.delayMs", "is for runs without cron");
  if (replace && !isNamed) throw invalidOption("submitRun.replace", "needs the name of the schedule to replace");
  if (isNamed && !/^[A-Za-z_][\w.-]*$/.test(id))
    throw invalidOption(
      "submitRun.name",
      `must begin with a letter and have no colon where there is a cron, got "${id}"`,
    );
}

function resolveRunOptions(given: RunOptionsGiven) {
  return resolveOptions(runOptions, given, "submitRun", ["pool", "data", "process", "reduce", "error"]);
}
