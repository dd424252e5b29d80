/** One run as it is told to the process that does it. */

export interface RunOrder {
  readonly workload: string;
  readonly group: string;
  readonly case: string;
  readonly scale: "full" | "quick";
  readonly loopsPerMs: number;
}
