/** What the workers of all systems evaluate: plain functions, the same code for each of them. */
import { setTimeout as sleep } from "node:timers/promises";
import { digitSum, plainDigitSum } from "./digit-sums.ts";
import type { Task } from "./system.ts";

let evaluations = 0;

/** How many functions this process has evaluated. */
export function evaluationCount(): number {
  return evaluations;
}

/** To be called by every function: the check that a system did what it claims to have done. */
export function countEvaluation(): void {
  evaluations += 1;
}

/** Nothing but its own number back. The salt distinguishes warm-up and measurement, so that no cache answers. */
export function noop(_salt: string, index: number): number {
  countEvaluation();
  return index;
}

/** Waits without using the CPU. */
export async function nap(_salt: string, index: number, ms: number): Promise<number> {
  countEvaluation();
  await sleep(ms);
  return index;
}

/** The text with its first character moved to the end: as large as what was given, and not equal to it. */
export function turn(_index: number, text: string): string {
  countEvaluation();
  return `${text.slice(1)}${text.slice(0, 1)}`;
}

/** Uses the CPU for a number of loops, see `loopsPerMs`. */
export function burn(loops: number): number {
  let state = 1;
  for (let loop = 0; loop < loops; loop++) state = Math.imul(state, 1_664_525) + 1_013_904_223;
  return state;
}

/** How many loops of {@link burn} take a millisecond on this machine. */
export function loopsPerMs(): number {
  const loops = 5_000_000;
  const times = Array.from({ length: 9 }, () => {
    const startedMs = performance.now();
    burn(loops);
    return performance.now() - startedMs;
  });
  return Math.round(loops / Math.min(...times));
}

const functions = new Map<string, (...args: never[]) => unknown>(
  Object.entries({ noop, nap, turn, digitSum, plainDigitSum }),
);

/** Evaluates a task that asks for no others. */
export function evaluate([name, ...args]: Task): unknown {
  const evaluateFunction = functions.get(name) as ((...args: unknown[]) => unknown) | undefined;
  if (evaluateFunction === undefined) throw new Error(`there is no function ${name}`);
  return evaluateFunction(...args);
}
