/** How a user's module declares a sweep. The process remembers it, as it does functions, so that the module need not export it. */
import { type AnyFunction, type Defined, GridError, isDefined } from "@callgrid/core";
import { reservedNames } from "../files/fixed-columns.ts";

/** A list of arguments for each job, or a function that yields them. @experimental */
export type JobSource<Args extends readonly unknown[]> = Iterable<Args> | (() => Iterable<Args>);

/** What {@link defineSweep} takes: the function of a job, with either `parameters` or `jobs`. @experimental */
export interface SweepSpec<F extends AnyFunction> {
  /** What `define` returned; it is called once for each job. */
  readonly job: F & Defined;
  /**
   * By the name of each argument, in the order of the function's arguments, its values: there is a job for each combination, and the
   * last argument varies fastest.
   */
  readonly parameters?: Readonly<Record<string, Iterable<unknown>>>;
  /** The arguments of each job. They must be the same whenever they are listed: no clock, no `Math.random`. */
  readonly jobs?: JobSource<Parameters<F>>;
  /** With `jobs`: the names of the arguments, for the header of the results; default: `argument 1` and so on. */
  readonly names?: readonly string[];
}

/** A sweep as it is remembered. */
export interface DeclaredSweep {
  readonly functionName: string;
  readonly names: readonly string[];
  list(): Iterable<readonly unknown[]>;
}

const sweepsKey = Symbol.for("callgrid.sweeps");

/** The sweeps that the modules of this process have declared. */
export function declaredSweeps(): DeclaredSweep[] {
  const holder = globalThis as Record<symbol, DeclaredSweep[] | undefined>;
  holder[sweepsKey] ??= [];
  return holder[sweepsKey];
}

/**
 * Declares the sweep that `callgrid sweep run` runs. A module declares one.
 *
 * @throws GridError `INVALID_OPTION` for a job that is not a defined function, unless there is exactly one of `parameters` and `jobs`,
 *   and for names of arguments that are there twice or are those of other columns.
 * @example
 * ```ts
 * import { define, defineSweep } from "callgrid";
 *
 * const area = define("area", (width: number, height: number) => width * height);
 * defineSweep({ job: area, parameters: { width: [1, 2, 3], height: [1, 10] } });
 * ```
 * @experimental
 */
export function defineSweep<F extends AnyFunction>(spec: SweepSpec<F>): void {
  const { job, parameters, jobs, names } = spec;
  if (!isDefined(job)) throw invalid("job", "must be a function that define returned");
  if ((parameters === undefined) === (jobs === undefined))
    throw invalid("parameters", "or jobs must be given, and only one of them");
  const { functionName } = job;
  if (parameters !== undefined) {
    checkNames(Object.keys(parameters), "parameters");
    const lists = Object.values(parameters).map((values) => [...values]);
    declaredSweeps().push({ functionName, names: Object.keys(parameters), list: () => combinations(lists) });
    return;
  }
  checkNames(names ?? [], "names");
  const list = (): Iterable<readonly unknown[]> => (typeof jobs === "function" ? jobs() : (jobs ?? []));
  declaredSweeps().push({ functionName, names: names ?? defaultNames(job), list });
}

/** Names are columns of the results. */
function checkNames(names: readonly string[], path: string): void {
  for (const [place, name] of names.entries()) {
    if (reservedNames.has(name)) throw invalid(path, `must not have "${name}": this is another column of the results`);
    if (names.indexOf(name) !== place) throw invalid(path, `must not have "${name}" twice`);
  }
}

function defaultNames({ definition }: Defined): string[] {
  return Array.from({ length: definition.evaluate.length }, (_, place) => `argument ${place + 1}`);
}

/** One of each list, the last one varying fastest. */
function* combinations(lists: readonly (readonly unknown[])[], place = 0): Generator<readonly unknown[]> {
  const values = lists[place];
  if (values === undefined) {
    yield [];
    return;
  }
  for (const value of values) for (const rest of combinations(lists, place + 1)) yield [value, ...rest];
}

function invalid(name: string, problem: string): GridError {
  return new GridError("INVALID_OPTION", `defineSweep.${name} ${problem}`, {
    details: { path: `defineSweep.${name}` },
  });
}
