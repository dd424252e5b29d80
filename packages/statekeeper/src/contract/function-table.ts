/** The functions of a pool, as those who read its table know them. Part of the contract. */

/** The state of a function in a pool. @beta */
export interface RegisteredFunction {
  readonly version: string;
  /** Raised by forgetting all results of the function. */
  readonly generation: number;
  /** Measured mean self time in µs; absent until a worker has measured it. */
  readonly selfMicros?: number;
  /** The cautious estimate of the next evaluation that scheduling uses, in µs; absent as the mean is. */
  readonly expectedMicros?: number;
  /** Present where no member has this version now: requests of the function wait for one that has. */
  readonly isUnheld?: true;
  /** Present where two evaluations of a request by this version gave different values: results are delivered, and not kept, until they are forgotten. */
  readonly isNondeterministic?: true;
}

/** The functions of a pool. @beta */
export interface FunctionTable {
  /** Changes with every change of the table; at least 0. */
  readonly epoch: number;
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
}

/** The epoch of no pool. */
const doubtfulEpoch = -1;

/**
 * The same table for a member that joins, until that is answered. A pool that has lost its data counts epochs from 1 again: where the join is carried
 * out and its reply is lost, the member must not take the table that it has for the pool's.
 */
export function doubtful(table: FunctionTable): FunctionTable {
  return { ...table, epoch: doubtfulEpoch };
}
