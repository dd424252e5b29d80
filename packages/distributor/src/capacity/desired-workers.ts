/**
 * How many workers a pool should have, from what is seen of it every second or so. Pure decisions.
 *
 * The number that is wanted now is that of the work which keeps coming (what workers are busy with, less what the queue shrinks by:
 * workers that finish a queue are not needed for longer than that), and enough besides to get done with what waits within the target. What is wanted goes up and down with every spike, and what is
 * desired must not: as in Kubernetes' HorizontalPodAutoscaler it follows upwards at once and downwards only to the most that was
 * wanted within a window, and it leaves small differences alone ("Algorithm details" and "Stabilization window" at
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/); as in KEDA a pool may go down to no workers at all,
 * and anything that waits wakes it up (https://keda.sh/docs/latest/concepts/scaling-deployments/).
 */

import { type ExpectedWork, neededWorkers, utilisation } from "@callgrid/statekeeper";

/** What is seen of a pool at one time. */
export interface LoadSight {
  /** In ms of a clock that does not go back. */
  readonly atMs: number;
  /** Requests that wait. */
  readonly queued: number;
  /** How long the one that waits longest does so at least, in ms. */
  readonly oldestWaitMs: number;
  /** How long one of those that wait takes by itself, in ms; undefined before its first measurement. */
  readonly selfMs: number | undefined;
  readonly workers: number;
  readonly idleWorkers: number;
  /** How many functions a worker runs at a time. */
  readonly slotsPerWorker: number;
  /** Work that is announced and not queued yet. */
  readonly expected: readonly ExpectedWork[];
}

/** What to aim at. */
export interface ScaleOptions {
  readonly minWorkers: number;
  readonly maxWorkers: number;
  /** Within what time what waits should be started, in ms. */
  readonly targetWaitMs: number;
  /** Workers go when they were not wanted for so long, in ms. */
  readonly scaleDownAfterMs: number;
  /** How long before announced work begins its workers are wanted, in ms. */
  readonly leadTimeMs: number;
}

/** What is desired, and what has to be remembered for the next time. */
export interface Scale {
  readonly desiredWorkers: number;
  readonly sights: readonly LoadSight[];
  readonly wanted: ReadonlyArray<{ readonly atMs: number; readonly workers: number }>;
}

/** Of a function without measurements. */
const unmeasuredMs = 100;
/** What keeps coming is measured over the target, and over so long at most. */
const longestWindowMs = 60_000;
/** Differences of a tenth are left alone. */
const tolerance = 0.1;
/** The oldest one's wait alone never asks for more than so many times the workers that there are. */
const mostGrowth = 2;

/** The next scale; `before` is undefined at the first sight, when the workers that are there count as wanted. */
export function nextScale(before: Scale | undefined, sight: LoadSight, options: ScaleOptions): Scale {
  const { atMs, workers } = sight;
  const former = before ?? { desiredWorkers: workers, sights: [], wanted: [{ atMs, workers }] };
  const windowMs = Math.min(options.targetWaitMs, longestWindowMs);
  const sights = [...former.sights.filter((each) => atMs - each.atMs < windowMs), sight];
  const wantedNow = within(options, wantedWorkers(sights, options));
  const wanted = [
    ...former.wanted.filter((each) => atMs - each.atMs < options.scaleDownAfterMs),
    { atMs, workers: wantedNow },
  ];
  const mostWanted = wanted.reduce((most, each) => Math.max(most, each.workers), 0);
  const desired = settledWorkers(former.desiredWorkers, wantedNow, mostWanted);
  return { desiredWorkers: within(options, desired), sights, wanted };
}

/** How many workers are wanted by the last of the sights, which those before it distinguish from a trend. */
export function wantedWorkers(
  sights: readonly LoadSight[],
  { targetWaitMs, leadTimeMs }: Pick<ScaleOptions, "targetWaitMs" | "leadTimeMs">,
): number {
  const [first, last] = [sights[0], sights.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const { queued, workers, idleWorkers, oldestWaitMs } = last;
  const workMs = (last.selfMs ?? unmeasuredMs) / last.slotsPerWorker;
  const busy = sights.reduce((sum, each) => sum + Math.max(0, each.workers - each.idleWorkers), 0) / sights.length;
  const spanMs = last.atMs - first.atMs;
  // with nothing left to work off, what is still running must not count as worked off already
  const shrinking = spanMs === 0 || queued === 0 ? 0 : (Math.max(0, first.queued - queued) * workMs) / spanMs;
  const arriving = Math.max(0, busy - shrinking) / utilisation;
  const backlogMs = underWayMs(last.expected) / last.slotsPerWorker;
  const wanted = ceilOf(arriving + (queued * workMs + backlogMs) / targetWaitMs);
  const announced = announcedWorkers(last, leadTimeMs);
  const isNothingLeft = queued === 0 && backlogMs === 0;
  // with nothing left there are enough workers; work that idle workers pass over is nothing for more of their kind
  if (isNothingLeft || idleWorkers > 0) return Math.max(announced, Math.min(wanted, workers));
  const isLate = oldestWaitMs > targetWaitMs * (1 + tolerance);
  const byWait = isLate ? Math.ceil(workers * Math.min(mostGrowth, oldestWaitMs / targetWaitMs)) : 0;
  return Math.max(1, wanted, byWait, announced);
}

/** Work that counts like queued requests: what a batch has not submitted yet. */
function underWayMs(expected: readonly ExpectedWork[]): number {
  return expected.reduce((sum, { withinMs, workMs }) => sum + (withinMs === 0 ? workMs : 0), 0);
}

/** Workers for the spikes that begin within the lead time or are going on. Spikes that overlap add up. */
function announcedWorkers({ expected, slotsPerWorker }: LoadSight, leadTimeMs: number): number {
  return expected
    .filter(({ withinMs, startsInMs }) => withinMs > 0 && startsInMs <= leadTimeMs)
    .reduce((sum, work) => sum + neededWorkers(work, slotsPerWorker), 0);
}

function settledWorkers(former: number, wanted: number, mostWanted: number): number {
  const next = wanted > former ? wanted : Math.min(former, mostWanted);
  return Math.abs(next - former) <= former * tolerance ? former : next;
}

function within({ minWorkers, maxWorkers }: ScaleOptions, workers: number): number {
  return Math.min(maxWorkers, Math.max(minWorkers, workers));
}

/** What is a whole number but for the last bits counts as one. */
function ceilOf(workers: number): number {
  return Math.ceil(Math.max(0, workers - 1e-9));
}
