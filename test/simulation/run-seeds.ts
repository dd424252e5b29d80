/** Makes tests of simulated runs: one for so many seeds, whose failure names the seed and shows the run. */
import { expect, it } from "vitest";
import { type SimulationOptions, simulate } from "./simulation.ts";

const seedsPerTest = 100;
const longestTestMs = 120_000;

export function runSeeds(sharing: SimulationOptions["sharing"], seeds: { from: number; count: number }): void {
  const end = seeds.from + seeds.count;
  for (let first = seeds.from; first < end; first += seedsPerTest) {
    const last = Math.min(first + seedsPerTest, end) - 1;
    it(`seeds ${first} to ${last} lose nothing`, { timeout: longestTestMs }, () => runOneByOne(sharing, first, last));
  }
}

async function runOneByOne(sharing: SimulationOptions["sharing"], first: number, last: number): Promise<void> {
  for (let seed = first; seed <= last; seed += 1) {
    const result = await simulate({ seed, sharing });
    if (result.violation !== undefined) expect.fail(result.report());
  }
}
