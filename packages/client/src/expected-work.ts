/**
 * Announces work to a pool: turns numbers of requests into ms of work by the self times that the pool has measured. Times are
 * relative to this process's own clock, so they do not depend on how clocks of machines agree.
 */
import { didYouMean, GridError, invalidOption, knownOptions, nearestNames } from "@callgrid/core";
import {
  type CallerPool,
  type FunctionTable,
  isOwnWorker,
  neededWorkers,
  type ObservedPool,
} from "@callgrid/statekeeper";

/** Work that will come to a pool. @beta */
export interface WorkForecast {
  /** How many requests of each function will come. */
  readonly requests?: Readonly<Record<string, number>> | undefined;
  /** How long all of it takes one slot, in ms; instead of `requests`, or in addition. 0 withdraws an announcement. */
  readonly workMs?: number | undefined;
  /** When it begins; default: now. */
  readonly at?: Date | undefined;
  /** How long it may take from its beginning, in ms. Default: it counts like requests that are queued, for a minute. */
  readonly withinMs?: number | undefined;
  /** Names the announcement; a later one of the same name replaces it. Default: a random name. */
  readonly id?: string | undefined;
}

/** The result of an announcement. @beta */
export interface ExpectedCapacity {
  readonly id: string;
  /** How long all of it takes one slot, in ms. */
  readonly workMs: number;
  /** How many workers get it done in time; `undefined` without `withinMs`. */
  readonly workers: number | undefined;
  /** Functions whose self time the pool has not measured: 100 ms is assumed for each request. */
  readonly unmeasured: readonly string[];
}

const forecastOptions = ["requests", "workMs", "at", "withinMs", "id"];
const unmeasuredMs = 100;
const usualTtlMs = 60_000;
const aYearMs = 366 * 86_400_000;

/** Announces the work; see `grid.expectWork`. */
export async function announce(
  keeper: CallerPool & ObservedPool,
  forecast: WorkForecast,
  makeId: () => string,
): Promise<ExpectedCapacity> {
  const { requests = {}, workMs: otherMs = 0, withinMs = 0, id = makeId() } = checked(forecast);
  const counts = Object.entries(requests);
  const needsState = counts.length > 0 || withinMs > 0;
  const state = needsState ? await keeper.inspect() : undefined;
  const measured = counts.map(([name, count]) => ({ name, count, ms: state && selfMs(state, name) }));
  const workMs = measured.reduce((sum, { count, ms = unmeasuredMs }) => sum + count * ms, otherMs);
  const startsInMs = Math.max(0, (forecast.at?.getTime() ?? 0) - Date.now());
  const ttlMs = startsInMs + (withinMs === 0 ? usualTtlMs : withinMs);
  if (!(await keeper.announceWork({ id, workMs, startsInMs, withinMs, ttlMs })))
    throw new GridError("POOL_FULL", `pool "${keeper.pool}" has 1,000 announcements of work; withdraw some of them`);
  return {
    ...{ id, workMs },
    workers:
      withinMs === 0 || state === undefined ? undefined : neededWorkers({ workMs, withinMs }, slotsPerWorker(state)),
    unmeasured: measured.filter(({ ms }) => ms === undefined).map(({ name }) => name),
  };
}

type State = Awaited<ReturnType<ObservedPool["inspect"]>>;

function selfMs({ functions, pool }: State, name: string): number | undefined {
  const known = functions.functions.get(name);
  if (known === undefined) throw unknownFunction(pool, name, functions);
  return known.selfMicros === undefined ? undefined : known.selfMicros / 1_000;
}

function unknownFunction(pool: string, functionName: string, { functions }: FunctionTable): GridError {
  const nearest = nearestNames(functionName, [...functions.keys()]);
  const message = `pool "${pool}" never had a function "${functionName}"${didYouMean(nearest)}`;
  return new GridError("UNKNOWN_FUNCTION", message, { details: { functionName, nearest } });
}

function slotsPerWorker({ members }: State): number {
  const slots = members.filter(isOwnWorker).map(({ description }) => Number(description["slots"] ?? 1));
  return slots.length === 0 ? 1 : slots.reduce((sum, each) => sum + each, 0) / slots.length;
}

function checked(forecast: WorkForecast): WorkForecast {
  knownOptions(forecastOptions, forecast, "expectWork");
  const { requests, workMs, at, withinMs, id } = (forecast as WorkForecast | undefined) ?? {};
  if (requests !== undefined && (typeof requests !== "object" || requests === null || Array.isArray(requests)))
    throw invalid("requests", "must be an object of numbers by function, such as { price: 1000 }");
  if (requests === undefined && workMs === undefined)
    throw invalid("requests", 'or "workMs" must be given, such as { price: 1000 }');
  for (const [name, count] of Object.entries(requests ?? {}))
    if (!Number.isSafeInteger(count) || count < 0)
      throw invalid(`requests.${name}`, `must be a whole number, got ${String(count)}`);
  if (workMs !== undefined && !(Number.isFinite(workMs) && workMs >= 0))
    throw invalid("workMs", `must be a number of ms, got ${String(workMs)}`);
  if (withinMs !== undefined && !(withinMs >= 1 && withinMs <= aYearMs))
    throw invalid("withinMs", `must be a number of ms from 1 to a year, got ${String(withinMs)}`);
  if (at !== undefined && !(at instanceof Date && Math.abs(at.getTime() - Date.now()) <= aYearMs))
    throw invalid("at", "must be a Date within a year");
  if (id !== undefined && (typeof id !== "string" || !/^[\w.:-]{1,128}$/.test(id)))
    throw invalid("id", "must be up to 128 letters, digits and . _ : -");
  return forecast;
}

function invalid(option: string, problem: string): GridError {
  const path = `expectWork.${option}`;
  return invalidOption(path, `${problem}`);
}
