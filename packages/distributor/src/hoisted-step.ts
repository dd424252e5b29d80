/** What to do about a request that was hoisted, by where it is in both pools: pure, so that it can be read off a table. */
import type { Whereabouts } from "@callgrid/statekeeper";

/** `drop`: withdraw the copy. `seize`: nobody is to start it below. `release`: somebody may start it below again. */
export type HoistedStep = "drop" | "seize" | "release" | "nothing";

/**
 * @param isSeized - whether it was seized below.
 * @param below - where it is in the own pool.
 * @param above - where it is in the parent.
 */
export function nextStep(isSeized: boolean, below: Whereabouts, above: Whereabouts): HoistedStep {
  if (below === "unknown") return "drop";
  // unknown above: its outcome is on the way, or it will be submitted again
  if (isSeized) return above === "queued" ? "release" : "nothing";
  if (below === "queued") return above === "claimed" ? "seize" : "nothing";
  return above === "claimed" ? "nothing" : "drop";
}
