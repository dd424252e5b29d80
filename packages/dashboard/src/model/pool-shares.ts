/** Shares that follow from a pool's figures. Pure. */
import type { PoolFigures } from "./documents.ts";

/** The share of workers that do not wait for work, from 0 to 1; undefined without workers. */
export function busyShare({ workers, idleWorkers }: PoolFigures): number | undefined {
  return workers === 0 ? undefined : (workers - idleWorkers) / workers;
}
