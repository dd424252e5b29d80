/** How long the machines of a sweep take, as far as one of them has been measured. */
import { type Machine, powerOf, shareSizes } from "./shares.ts";

/** A machine with its share. */
export interface PredictedShare {
  readonly machine: Machine;
  readonly jobs: number;
  /** Of all jobs, from 0 to 1. */
  readonly part: number;
  readonly hours: number;
}

const secondsPerHour = 3_600;

/** @param coreSeconds - what one job takes on one core of a machine of performance 1. */
export function predictShares(total: number, machines: readonly Machine[], coreSeconds: number): PredictedShare[] {
  const sizes = shareSizes(total, machines);
  return machines.map((machine, place) => {
    const jobs = sizes[place] ?? 0;
    const hours = (jobs * coreSeconds) / powerOf(machine) / secondsPerHour;
    return { machine, jobs, part: total === 0 ? 0 : jobs / total, hours };
  });
}
