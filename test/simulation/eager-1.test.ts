/** Every call is visible at once: the first half of the seeds. `scripts/torture` runs as many as you like. */
import { runSeeds } from "./run-seeds.ts";

runSeeds("eager", { from: 1, count: 500 });
