/**
 * `rebalance.json`: who takes part from now on, and which jobs are finished. Where it is next to the files of a sweep, the split is
 * of the other jobs, over its machines.
 */
import { writeFileSync } from "node:fs";
import { unwritable } from "@callgrid/batch";
import { messageOf } from "@callgrid/core";
import type { Machine } from "../split/shares.ts";
import { mistake, readTextIfAny } from "./file-place.ts";

/** What the file holds. */
export interface Rebalance {
  /** The digest of the experiment, in hex. */
  readonly experiment: string;
  readonly machines: readonly Machine[];
  /** First places of finished jobs. */
  readonly finished: ReadonlySet<number>;
}

interface Stored {
  readonly experiment: string;
  readonly machines: readonly Machine[];
  /** Each the first and the last of neighbouring places. */
  readonly finished: ReadonlyArray<readonly [from: number, to: number]>;
}

/** Writes it, over an earlier one. */
export function writeRebalance(file: string, { experiment, machines, finished }: Rebalance): void {
  const stored: Stored = { experiment, machines, finished: rangesOf(finished) };
  try {
    writeFileSync(file, `${JSON.stringify(stored)}\n`);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/** Undefined where there is no such file; throws `INVALID_OPTION` for one that cannot be read. */
export function readRebalance(file: string): Rebalance | undefined {
  const text = readTextIfAny(file);
  if (text === undefined) return undefined;
  try {
    const { experiment, machines, finished } = JSON.parse(text) as Stored;
    return { experiment, machines, finished: new Set(finished.flatMap(([from, to]) => placesOf(from, to))) };
  } catch (cause) {
    throw mistake({ file }, `it is not as callgrid sweep rebalance wrote it: ${messageOf(cause)}`, cause);
  }
}

function rangesOf(places: ReadonlySet<number>): Array<[number, number]> {
  const ranges: Array<[number, number]> = [];
  for (const place of [...places].sort((one, other) => one - other)) {
    const last = ranges.at(-1);
    if (last?.[1] === place - 1) last[1] = place;
    else ranges.push([place, place]);
  }
  return ranges;
}

function placesOf(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
}
