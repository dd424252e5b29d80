/** What a cost of an operation of the statekeeper is a function of. */
import type { PoolRecords } from "@callgrid/statekeeper";
import type { Tally } from "./tally.ts";

/** Looks at an operation before it is made, and returns what enters its cost afterwards. */
export type Cost = (parts: CostParts) => () => void;

export interface CostParts {
  readonly records: PoolRecords;
  readonly tally: Tally;
  readonly args: readonly unknown[];
}

/** For operations of which all is known before they are made. */
export function nothing(): void {}
