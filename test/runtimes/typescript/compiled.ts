/** TypeScript that has to be compiled, and is resolved as a compiler does it. */
import { define } from "callgrid";
import { type Pair, sum } from "./sum.js";

enum Kind {
  Twice = 2,
}

export const twice = define("twice", (...pair: Pair): number => Kind.Twice * sum(pair));
