/** Small calls stay in memory while they can. `scripts/torture` runs 10,000 seeds, or as many as you like. */
import { runSeeds } from "./run-seeds.ts";

runSeeds("auto", { from: 1, count: 150 });
