/** Every call is visible at once. Other seeds than those of auto.test.ts: `scripts/torture` runs all of them both ways. */
import { runSeeds } from "./run-seeds.ts";

runSeeds("eager", { from: 501, count: 150 });
