/**
 * When a worker process that died is started again: at once the first time, then later and later while it keeps dying, so
 * that a broken machine or module is not hammered; and as if nothing had been once a process has lived well for a while.
 */

const firstDelayMs = 200;
const longestDelayMs = 30_000;
const healthyLifeMs = 60_000;

/** When to start again, and how often processes died in a row by then. */
export interface Restart {
  readonly delayMs: number;
  readonly deathsInRow: number;
}

/** Decides on the restart after a death, see {@link restartAfter}. */
export type RestartPolicy = (deathsBefore: number, livedMs: number) => Restart;

/**
 * The restart after a death.
 *
 * @param deathsBefore - how many processes died in a row before this one.
 * @param livedMs - how long this one lived.
 */
export function restartAfter(deathsBefore: number, livedMs: number): Restart {
  if (deathsBefore === 0 || livedMs >= healthyLifeMs) return { delayMs: 0, deathsInRow: 1 };
  const delayMs = Math.min(firstDelayMs * 2 ** (deathsBefore - 1), longestDelayMs);
  return { delayMs, deathsInRow: deathsBefore + 1 };
}
