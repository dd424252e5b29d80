/** Every call is visible at once: the second half of the seeds. `scripts/torture` runs as many as you like. */
import { runSeeds } from "./run-seeds.ts";

runSeeds("eager", { from: 501, count: 500 });
