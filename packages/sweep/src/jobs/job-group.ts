/**
 * Evaluates short jobs of a sweep one after the other, as one request: by itself, the way of a job to a worker and back takes a tenth of a
 * millisecond of processor time. The functions see the context that each job would have by itself.
 */
import { callDefinition, type ErrorTree, encodeRequest, encodeValue } from "@callgrid/core";
import { context, currentDefinition, describeSlices, EvaluatedSlice, treeOfJob } from "@callgrid/worker";

/** A job of a group: its first place in the list, and its arguments. */
export type GroupedJob = readonly [index: number, args: readonly unknown[]];

/** How a job ended. */
export type JobReport = {
  /** When its function was called, in ms since 1970. */
  readonly startedMs: number;
  readonly tookMs: number;
} & (
  | {
      /** As text, see `encodeValue`. */
      readonly text: string;
    }
  | { readonly error: ErrorTree }
);

/** How a group ended. */
export interface GroupReport {
  /** `pool/worker`. */
  readonly worker: string;
  /**
   * Of the first jobs, in their order. The others were not begun, since those took long or returned much; none is where the worker does not have the
   * function at the pool's version, or where that has a time limit, which holds for each request.
   */
  readonly reports: readonly JobReport[];
}

/** How long a group takes at most, in ms: hundreds of times what its way takes, and as much as one process can lose. */
export const groupMs = 80;
const mostCharacters = 1_000_000;

/** Called within a request; `readJobs` returns the jobs as they came, since functions may change what they get. */
export async function evaluateGroup(
  functionName: string,
  jobs: readonly GroupedJob[],
  readJobs: () => readonly GroupedJob[],
): Promise<GroupReport> {
  const { worker, signal } = context();
  const definition = currentDefinition(functionName);
  const reports: JobReport[] = [];
  if (definition === undefined || definition.timeoutMs > 0) return { worker, reports };
  const group = new RunningGroup(functionName, readJobs);
  describeSlices(() => group.current);
  const began = performance.now();
  let characters = 0;
  for (const [place, job] of jobs.entries()) {
    signal.throwIfAborted();
    group.begin(place, job);
    const startedMs = Date.now();
    const started = performance.now();
    const outcome = await outcomeOf(() => callDefinition(definition, job[1]));
    const now = performance.now();
    const times = { startedMs, tookMs: now - started };
    if ("text" in outcome) {
      reports.push({ ...times, text: outcome.text });
      characters += outcome.text.length;
    } else {
      reports.push({ ...times, error: treeOfJob(outcome.thrown, group.payloadAt(place), worker) });
    }
    if (now - began >= groupMs || characters >= mostCharacters) break;
  }
  return { worker, reports };
}

async function outcomeOf(call: () => unknown): Promise<{ readonly text: string } | { readonly thrown: unknown }> {
  try {
    return { text: encodeValue(await call(), "value", Number.POSITIVE_INFINITY) };
  } catch (thrown) {
    return { thrown };
  }
}

/** The job whose function runs, as its context says. */
class RunningGroup {
  readonly #functionName: string;
  readonly #readJobs: () => readonly GroupedJob[];
  /** Read when a function first asks for its request, or has failed. */
  #originals: readonly GroupedJob[] | undefined;
  #place = 0;
  #index = 0;
  #current: EvaluatedSlice | undefined;

  constructor(functionName: string, readJobs: () => readonly GroupedJob[]) {
    this.#functionName = functionName;
    this.#readJobs = readJobs;
  }

  begin(place: number, [index]: GroupedJob): void {
    this.#place = place;
    this.#index = index;
    this.#current = undefined;
  }

  get current(): EvaluatedSlice {
    const place = this.#place;
    this.#current ??= new EvaluatedSlice(this.#index, this.#functionName, () => this.#argumentsAt(place), "job");
    return this.#current;
  }

  /** The text of the request that the job at a place would be by itself. */
  payloadAt(place: number): string {
    return encodeRequest([this.#functionName, ...this.#argumentsAt(place)], Number.POSITIVE_INFINITY).payload;
  }

  #argumentsAt(place: number): readonly unknown[] {
    this.#originals ??= this.#readJobs();
    return this.#originals[place]?.[1] ?? [];
  }
}
