/** What a pool notes of a function that does not always return the same value for the same request. Part of the contract. */

/** One of two evaluations that were compared. @beta */
export interface ComparedEvaluation {
  readonly worker: string;
  /** The version of the worker's Node, such as `v24.1.0`. */
  readonly node: string;
  /** The value as encoded text; of a long one the part around the first difference. */
  readonly value: string;
}

/** Two evaluations of one request by one version of its function that gave different values. */
export interface Mismatch {
  readonly version: string;
  readonly requestId: string;
  /** The request as encoded text; a long one is cut. */
  readonly request: string;
  readonly evaluations: readonly [ComparedEvaluation, ComparedEvaluation];
}

/** A mismatch as a pool has noted it. @beta */
export interface NotedMismatch extends Mismatch {
  readonly functionName: string;
  /** Since when it is noted, in ms. */
  readonly ageMs: number;
}
