/**
 * Which of several idle volunteers is served first: a pure decision by a list of preferences, so that it can be read off a table.
 * (scripts/lib/match.lua)
 */
import type { CarryFrom } from "./contract.ts";

/**
 * `score`: the faster worker first. `recent`: who evaluated the same function last first, since it may still have in memory what that
 * needs. `idle`: who has been idle longest first.
 */
export type Preference = "score" | "recent" | "idle";

/** What counts first is first; idleness decides where nothing else does. */
export const usualPreferences: readonly Preference[] = ["score", "recent", "idle"];

/** What is known of a volunteer. */
export interface Candidate {
  /** Present on a bridge: the pool's own workers come first, whatever is preferred, and who carries `ahead` comes last. */
  readonly carry?: CarryFrom | undefined;
  /** How fast it is; 1 is usual. */
  readonly score: number;
  /** The function that it evaluated last. */
  readonly recent: string | undefined;
}

type Compare = (one: Candidate, other: Candidate, functionName: string | undefined) => number;

const comparisons: Readonly<Record<Exclude<Preference, "idle">, Compare>> = {
  score: (one, other) => other.score - one.score,
  recent: (one, other, name) => Number(isAtHome(other, name)) - Number(isAtHome(one, name)),
};

/**
 * The best one first.
 *
 * @param idle - the one that has been idle longest first.
 * @param functionName - of the first request that is to be given away, if that is known.
 */
export function orderVolunteers<C extends Candidate>(
  idle: readonly C[],
  preferences: readonly Preference[],
  functionName: string | undefined,
): C[] {
  return idle.toSorted((one, other) => {
    const byKind = placeOf(one) - placeOf(other);
    if (byKind !== 0) return byKind;
    for (const preference of preferences) {
      if (preference === "idle") return 0;
      const difference = comparisons[preference](one, other, functionName);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function placeOf({ carry }: Candidate): number {
  if (carry === undefined) return 0;
  return carry === "ahead" ? 2 : 1;
}

function isAtHome({ recent }: Candidate, functionName: string | undefined): boolean {
  return functionName !== undefined && recent === functionName;
}
