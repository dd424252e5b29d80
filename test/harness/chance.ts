/**
 * The chance of property tests, in one place: a fixed seed and a fixed number of runs, so that two test runs of the same code say the
 * same. `scripts/torture --properties` gives them another seed each time, and more runs.
 */

/** What fast-check and tests of random moments draw from. */
export const propertySeed = Number(process.env["CALLGRID_PROPERTY_SEED"] ?? 1);

/** How many times the usual number of runs. */
export const propertyFactor = Number(process.env["CALLGRID_PROPERTY_FACTOR"] ?? 1);

/** Of a property that usually runs so many times. */
export function propertyRuns(usual: number): number {
  return Math.ceil(usual * propertyFactor);
}
