/** Small calls stay in memory while they can: the second half of the seeds. `scripts/torture` runs as many as you like. */
import { runSeeds } from "./run-seeds.ts";

runSeeds("auto", { from: 501, count: 500 });
