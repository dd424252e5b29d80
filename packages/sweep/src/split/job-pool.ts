/**
 * The pool of jobs: a function, and the arguments of each job. Jobs of equal arguments are one job that has several places. The
 * digest of the experiment covers what results depend on: the function, the arguments in their order, the configuration and the seed.
 */
import { canonicalize, GridError, messageOf } from "@callgrid/core";
import { type Digest, digestOf } from "./digest.ts";

/** What a sweep consists of. */
export interface Experiment {
  readonly functionName: string;
  /** The arguments of each job. */
  readonly jobs: Iterable<readonly unknown[]>;
  /** Plain data, by sections. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** One job of the pool. */
export interface Job {
  /** Its first place in the list. */
  readonly index: number;
  readonly args: readonly unknown[];
  /** Other places with equal arguments. */
  readonly repeats: readonly number[];
}

/** The jobs of an experiment, each once. */
export interface JobPool {
  readonly functionName: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** In the order of the list, each at its first place. */
  readonly jobs: readonly Job[];
  /** How many places the list has. */
  readonly places: number;
  readonly digest: Digest;
}

const form = "callgrid sweep 1";

/**
 * Collects the jobs.
 *
 * @throws GridError `INVALID_VALUE` for arguments that are not plain data, with the place of the job and of the value in it, and for
 *   jobs that are not a list of arguments.
 */
export function makeJobPool({ functionName, jobs: given, config, seed }: Experiment): JobPool {
  const jobs = new Map<string, Job & { readonly repeats: number[] }>();
  const texts = [form, functionName, canonicalize(config, "config"), canonicalize(seed, "seed")];
  let index = 0;
  for (const args of given) {
    const text = argumentsText(args, index);
    texts.push(text);
    const known = jobs.get(text);
    if (known === undefined) jobs.set(text, { index, args, repeats: [] });
    else known.repeats.push(index);
    index += 1;
  }
  return { functionName, config, seed, jobs: [...jobs.values()], places: index, digest: digestOf(texts) };
}

function argumentsText(args: unknown, index: number): string {
  if (!Array.isArray(args))
    throw new GridError("INVALID_VALUE", `jobs[${index}]: expected a list of arguments, got ${typeof args}`);
  try {
    return canonicalize(args, `jobs[${index}]`);
  } catch (cause) {
    throw new GridError("INVALID_VALUE", `the arguments of a job must be plain data: ${messageOf(cause)}`, { cause });
  }
}
