/** All workloads, in the order of the reports. */
import type { Workload } from "../workload.ts";
import { digits } from "./digits.ts";
import { fibonacciNumbers } from "./fibonacci-numbers.ts";
import { growth } from "./growth.ts";
import { largeValues } from "./large-values.ts";
import { naps } from "./naps.ts";
import { noOps } from "./no-ops.ts";
import { roundTrips } from "./round-trips.ts";
import { tree } from "./tree.ts";

export const workloads: readonly Workload[] = [
  noOps,
  roundTrips,
  tree,
  fibonacciNumbers,
  digits,
  naps,
  growth,
  largeValues,
];
