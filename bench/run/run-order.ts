/** One run as the process that does it receives it. */

export interface RunOrder {
  readonly workload: string;
  readonly group: string;
  readonly case: string;
  readonly scale: "full" | "quick";
  readonly loopsPerMs: number;
}
