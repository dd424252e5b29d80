import type { Grid } from "@callgrid/client";
import { type Definition, GridError, isGridError } from "@callgrid/core";
import { definitionInProcess, isVersionInProcess } from "@callgrid/worker";
import type { ChunkWork, ErrorPolicy, SliceWork } from "../chunks/chunk-work.ts";
import { isAsync, type NamedFunction } from "../chunks/named-function.ts";
import { chunk as chunkFunction } from "../chunks/worker-functions.ts";
import type { CheckedSpec } from "../spec/batch-spec.ts";
import { functionIn, type PoolSurvey } from "./pool-survey.ts";

/** What a run needs to know before it begins: the versions of its functions in the pool, the workers there, and whether it can run here. */
export interface BatchContext {
  readonly work: SliceWork;
  readonly survey: PoolSurvey;
  /** Why it cannot run in the calling thread; undefined if it can. */
  readonly notSerial: string | undefined;
}

/**
 * Of what a survey has found.
 *
 * @throws GridError `UNKNOWN_FUNCTION` for a function that the pool lacks, unless it has no workers.
 */
export async function batchContext(spec: CheckedSpec, survey: PoolSurvey): Promise<BatchContext> {
  const names = [spec.process, ...(spec.isErrorFunction ? [spec.error] : []), ...(spec.reduce ? [spec.reduce] : [])];
  const here = new Map<string, Definition | undefined>();
  for (const name of names) here.set(name, await definitionInProcess(name));
  const reasons = await Promise.all(names.map((name) => notSerialBecause(name, here.get(name), survey)));
  const notSerial = reasons.find((reason) => reason !== undefined);
  if (survey.workers > 0) functionIn(survey, chunkFunction.functionName, spec.pool);
  const named = (name: string): NamedFunction =>
    survey.workers === 0
      ? {
          name,
          version: here.get(name)?.version ?? "",
          generation: survey.functions.get(name)?.generation ?? 0,
        }
      : functionIn(survey, name, spec.pool);
  const work = {
    process: named(spec.process),
    onError: policyOf(spec, (name) => withPolicies(() => named(name))),
    ...(spec.reduce !== undefined && { reduce: named(spec.reduce) }),
    ...(spec.isTimed && { isTimed: true as const }),
  };
  return { work, survey, notSerial };
}

/** A word that names no function of the pool may be a misspelt policy. */
function withPolicies(find: () => NamedFunction): NamedFunction {
  try {
    return find();
  } catch (error) {
    if (!isGridError(error, "UNKNOWN_FUNCTION")) throw error;
    const message = `batch.error must be fail, skip, retry or a function: ${error.message}`;
    throw new GridError("UNKNOWN_FUNCTION", message, { details: error.details });
  }
}

/** The functions of a batch. */
export function functionsIn({ process, onError, reduce }: SliceWork): NamedFunction[] {
  return [process, ...(onError.policy === "call" ? [onError.function] : []), ...(reduce === undefined ? [] : [reduce])];
}

/** What to say of a pool without workers. */
export function noWorkers({ pool }: CheckedSpec, notSerial: string | undefined): GridError {
  const reason = notSerial === undefined ? "" : `, and the batch cannot run in this process: ${notSerial}`;
  return new GridError(
    "INVALID_OPTION",
    `pool "${pool}" has no workers${reason}; start some: callgrid worker --pool ${pool} --functions …, or have the batch wait for them (wait)`,
    { details: { path: "batch.pool", pool, workers: 0 } },
  );
}

function policyOf(spec: CheckedSpec, named: (name: string) => NamedFunction): ErrorPolicy {
  if (spec.isErrorFunction) return { policy: "call", function: named(spec.error) };
  if (spec.error === "retry") return { policy: "retry", retries: spec.retries };
  return { policy: spec.error === "skip" ? "skip" : "fail" };
}

async function notSerialBecause(
  name: string,
  here: Definition | undefined,
  survey: PoolSurvey,
): Promise<string | undefined> {
  if (here === undefined) return `"${name}" is not defined in it`;
  if (isAsync(here)) return `"${name}" waits, which a pool has room for`;
  if (here.timeoutMs > 0) return `"${name}" has a time limit, which only workers enforce`;
  const known = survey.functions.get(name);
  if (known !== undefined && !(await isVersionInProcess(name, known.version)))
    return `the pool has "${name}" at another version`;
  return undefined;
}

/** Whether a batch was refused because its pool has no workers. */
export function isWithoutWorkers(error: unknown): boolean {
  return isGridError(error, "INVALID_OPTION") && error.details["workers"] === 0;
}

/** Resolves once a worker of the pool has evaluated a chunk of nothing: a request, so hosts of the pool start workers for it. */
export async function awaitWorker(grid: Grid, pool: string, signal: AbortSignal): Promise<void> {
  const process = { name: "", version: "", generation: 0 };
  const nothing: ChunkWork = { process, onError: { policy: "fail" }, firstSlice: 0, slices: { list: [] } };
  await grid.enqueue(pool, [chunkFunction.functionName, nothing], { cache: "bypass", signal });
}
