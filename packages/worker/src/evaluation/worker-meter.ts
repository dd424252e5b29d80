/**
 * What a worker reports of single evaluations to its meter. Only of those that the pool asked for: small calls in
 * memory, of which there may be a million a second, are counted and not reported.
 */
import type { ErrorCode } from "@callgrid/core";

export interface WorkerMeter {
  /** An evaluation has ended after so many ms, with an error of this code if it failed. */
  evaluated(functionName: string, ms: number, code: ErrorCode | undefined): void;
  /** A request went on, so many ms after its calls were answered. */
  resumed(delayMs: number): void;
}
