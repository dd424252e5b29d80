/** What a stream yields for each of its requests. */
import type { Outcome } from "@callgrid/core";

/** One finished request of a stream. @public */
export interface StreamItem<Value = unknown> {
  /** The place of the request in the list, from 0. */
  readonly index: number;
  readonly outcome: Outcome<Value>;
  /** The id of the request, as `callgrid why` takes it. */
  readonly requestId: string;
  /** Whether the pool had the outcome when it was asked for, from an earlier evaluation. */
  readonly isKept?: boolean;
}

/** What a stream knows of an outcome besides itself. */
export type ItemOrigin = Required<Omit<StreamItem, "outcome">>;
