/** What the figures were since the page was opened, for charts. */
import { signal } from "@preact/signals";
import type { Overview, PoolFigures } from "../model/documents.ts";

/** The figures of a pool at one time. */
export interface Sample {
  readonly atMs: number;
  readonly figures: PoolFigures;
}

const mostSamples = 600;
const samples = new Map<string, Sample[]>();

/** Raised with every sample: charts depend on it. */
export const historyAge = signal(0);

export function samplesOf(pool: string): readonly Sample[] {
  return samples.get(pool) ?? [];
}

export function noteSample({ atMs, pools }: Overview): void {
  for (const [pool, figures] of Object.entries(pools)) {
    const known = samples.get(pool) ?? [];
    known.push({ atMs, figures });
    if (known.length > mostSamples) known.shift();
    samples.set(pool, known);
  }
  for (const pool of samples.keys()) if (!Object.hasOwn(pools, pool)) samples.delete(pool);
  historyAge.value += 1;
}
