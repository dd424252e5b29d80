/** The functions of a pool, as those who read its table know them. Part of the contract. */

/** How a function stands in a pool. */
export interface RegisteredFunction {
  readonly version: string;
  /** Raised by forgetting all results of the function. */
  readonly generation: number;
  /** Measured self time in µs; absent until somebody measured it. */
  readonly selfMicros?: number;
}

export interface FunctionTable {
  /** Changes with every change of the table. */
  readonly epoch: number;
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
}
