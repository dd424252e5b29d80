/** TypeScript that a runtime loads as it is: types, and a helper by its path. */
import { define } from "callgrid";
import { type Pair, sum } from "./sum.ts";

interface Failure {
  readonly message: string;
}

export const add = define("add", (...pair: Pair): number => sum(pair));

export const fail = define("fail", (failure: Failure): number => {
  throw new RangeError(failure.message);
});
