/**
 * How long functions take by themselves (waiting for re-entrant calls left out): an exponentially weighted mean and
 * deviation per function, after the round trip estimator of RFC 6298 (TCP), which the same question gave rise to:
 * mean += (x − mean)/8, deviation += (|x − mean| − deviation)/4.
 */

import type { EvaluationReport } from "@callgrid/statekeeper";
import { selfTimes } from "./tuning.ts";

/** What was measured of one function. Times in ms. */
export class SelfTime {
  meanMs: number;
  deviationMs: number;
  /** The plain mean of whole evaluations, which people and the scaler are shown: nothing is left out of it. */
  measuredMs = 0;
  /** Whether it was seen to wait for re-entrant calls: what it takes by itself then says little of what follows from it. */
  hasCalls = false;
  evaluations = 0;
  failures = 0;
  /** Already reported to the statekeeper. */
  reportedEvaluations = 0;
  reportedFailures = 0;
  #reported: { readonly measuredMs: number; readonly expectedMs: number; readonly evaluations: number } | undefined;
  #samples = 0;

  constructor(firstMs: number) {
    this.meanMs = firstMs;
    this.deviationMs = firstMs / 2;
  }

  /** A cautious estimate of the next evaluation, in ms. */
  get expectedMs(): number {
    return this.meanMs + 2 * this.deviationMs;
  }

  /**
   * The mean, once it may be gone by. Until some evaluation has finished, or very many have begun, it is not: the first calls
   * of a function stay visible, so that workers who share out something new do not each evaluate the same in their memory.
   */
  get usualMs(): number | undefined {
    return this.evaluations > 0 || this.#samples >= selfTimes.begunBeforeTrusted ? this.meanMs : undefined;
  }

  /** A whole evaluation has ended. */
  measure(ms: number, isFailure: boolean): void {
    this.evaluations += 1;
    if (isFailure) this.failures += 1;
    this.measuredMs += (ms - this.measuredMs) / Math.min(this.evaluations, selfTimes.samplesInMean);
  }

  /** The times in µs for a report, which count as reported from now on; zeros say that they are about as before. */
  takeTimes(): Pick<EvaluationReport, "selfMicros" | "expectedMicros"> {
    const { measuredMs, expectedMs, evaluations } = this;
    const before = this.#reported;
    const isAsBefore =
      before !== undefined &&
      isClose(measuredMs, before.measuredMs) &&
      isClose(expectedMs, before.expectedMs) &&
      evaluations - before.evaluations < selfTimes.reportedEvery;
    if (isAsBefore) return { selfMicros: 0, expectedMicros: 0 };
    this.#reported = { measuredMs, expectedMs, evaluations };
    return { selfMicros: microsOf(measuredMs), expectedMicros: microsOf(expectedMs) };
  }

  get isWarmingUp(): boolean {
    return this.#samples < selfTimes.warmUpSamples;
  }

  note(ms: number): void {
    // the first few run before the code is warm, and would make a small call look dear for a long time
    if (this.isWarmingUp && ms < this.meanMs) {
      this.#samples += 1;
      this.meanMs = ms;
      this.deviationMs = ms / 2;
      return;
    }
    this.#samples += 1;
    // a pause of the whole process (garbage collection, a busy core) says little about the function: it may count for so much
    const error = Math.min(ms, selfTimes.mostPerSample * this.meanMs + selfTimes.leastMs) - this.meanMs;
    this.meanMs += error / 8;
    this.deviationMs += (Math.abs(error) - this.deviationMs) / 4;
  }
}

export class SelfTimes {
  readonly #times = new Map<string, SelfTime>();

  get(functionName: string): SelfTime | undefined {
    return this.#times.get(functionName);
  }

  /** What an evaluation took until it first waited: the only news of a function that has called itself so far. */
  noteFirstPart(functionName: string, ms: number): void {
    const known = this.#times.get(functionName);
    const time = known ?? new SelfTime(ms);
    time.hasCalls = true;
    if (known === undefined) this.#times.set(functionName, time);
    else if (known.evaluations === 0) known.note(ms);
  }

  /** What a whole evaluation took. */
  note(functionName: string, ms: number, isFailure = false): void {
    const known = this.#times.get(functionName);
    const time = known ?? new SelfTime(ms);
    if (known === undefined) this.#times.set(functionName, time);
    else known.note(ms);
    time.measure(ms, isFailure);
  }

  /** What was evaluated since the start, by function. */
  counts(): Array<{ functionName: string; evaluations: number; failures: number }> {
    return [...this.#times].map(([functionName, { evaluations, failures }]) => ({
      functionName,
      evaluations,
      failures,
    }));
  }

  /** What has not been reported yet, and counts as reported from now on. */
  takeReports(): EvaluationReport[] {
    const reports: EvaluationReport[] = [];
    for (const [functionName, time] of this.#times) {
      const evaluations = time.evaluations - time.reportedEvaluations;
      const failures = time.failures - time.reportedFailures;
      if (evaluations === 0 && failures === 0) continue;
      time.reportedEvaluations = time.evaluations;
      time.reportedFailures = time.failures;
      reports.push({ functionName, evaluations, failures, ...time.takeTimes() });
    }
    return reports;
  }
}

function isClose(ms: number, beforeMs: number): boolean {
  return Math.abs(ms - beforeMs) <= selfTimes.smallChange * beforeMs;
}

/** At least one, since 0 says that it is as before. */
function microsOf(ms: number): number {
  return Math.max(1, Math.round(ms * 1_000));
}
