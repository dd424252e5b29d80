import { encodeRequest, requestId } from "@callgrid/core";

/** What a function has reported of how far it is, in units of its own. */
export interface FunctionProgress {
  readonly done: number;
  readonly total: number;
  /** The slice or the job whose function reports. */
  readonly slice: EvaluatedSlice | undefined;
}

/**
 * A slice that a chunk calls the function of a batch with, or a job of a sweep: the function sees the request that it would be by itself, without
 * chunk, group and settings.
 */
export class EvaluatedSlice {
  /** Its place among all slices of the batch, or jobs of the sweep, from 0. */
  readonly index: number;
  readonly functionName: string;
  readonly kind: "slice" | "job";
  readonly #readArguments: () => readonly unknown[];
  readonly #started = performance.now();
  #canonical: string | undefined;

  /** `readArguments` returns the arguments as they came: the function may have changed those that it got. */
  constructor(
    index: number,
    functionName: string,
    readArguments: () => readonly unknown[],
    kind: "slice" | "job" = "slice",
  ) {
    this.index = index;
    this.functionName = functionName;
    this.kind = kind;
    this.#readArguments = readArguments;
  }

  /** The text of the request. */
  get canonical(): string {
    this.#canonical ??= encodeRequest(
      [this.functionName, ...this.#readArguments()],
      Number.POSITIVE_INFINITY,
    ).canonical;
    return this.#canonical;
  }

  get requestId(): string {
    return requestId(this.canonical);
  }

  /** For how long it has been evaluated, in ms, since its function first asked for its context. */
  get forMs(): number {
    return performance.now() - this.#started;
  }
}
