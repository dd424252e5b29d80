/** Small calls stay in memory while they can: the first half of the seeds. `scripts/torture` runs as many as you like. */
import { runSeeds } from "./run-seeds.ts";

runSeeds("auto", { from: 1, count: 500 });
