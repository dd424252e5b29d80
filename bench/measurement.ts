/** What one run gives. Plain data: it travels between processes, and is in the JSON of the results. */
import type { Figures } from "./metrics.ts";

/** CPU seconds of user and system time over the measured part. */
export interface CpuSeconds {
  readonly client: number;
  readonly workers: number;
  readonly redis: number;
}

export interface Measurement {
  /** Function calls that were asked for, nested ones included. */
  readonly requests: number;
  readonly cpuSeconds: CpuSeconds;
  readonly figures: Figures;
}

export type RunOutcome =
  | { readonly kind: "measured"; readonly measurement: Measurement }
  | { readonly kind: "failed"; readonly reason: string };
