/** Goes before each test file: what fast-check draws depends on the seed of the test run alone. */
import fc from "fast-check";
import { propertyRuns, propertySeed } from "./chance.ts";

const usualRuns = 100;
/** Of one run that failed: it is shown again with `-t` and the name of its test. */
const path = process.env["CALLGRID_PROPERTY_PATH"];

fc.configureGlobal({ seed: propertySeed, numRuns: propertyRuns(usualRuns), ...(path !== undefined && { path }) });
