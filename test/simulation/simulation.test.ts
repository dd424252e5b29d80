/** What makes the simulation worth anything: it notices what is broken, and a seed tells the same story again. */
import { expect, it } from "vitest";
import { simulate } from "./simulation.ts";

it("a reclaim that forgets a request is noticed within 100 seeds", async () => {
  const violations: string[] = [];
  for (let seed = 1; seed <= 100 && violations.length === 0; seed += 1) {
    const { violation } = await simulate({ seed, sharing: "auto", losesReclaimed: true });
    if (violation !== undefined) violations.push(violation);
  }
  expect(violations).toEqual([expect.stringContaining("in no queue that anybody takes from")]);
});

it("a seed replays a run, event by event", async () => {
  for (const seed of [3, 8, 21]) {
    const options = { seed, sharing: "auto", traceLines: 1_000_000 } as const;
    const first = (await simulate(options)).report();
    const again = (await simulate(options)).report();
    expect(again).toBe(first);
  }
});

it("a violation is reported with its seed, the faults and what happened last", async () => {
  const { report } = await simulate({ seed: 5, sharing: "auto", losesReclaimed: true, traceLines: 20 });
  const text = report();
  expect(text).toContain("scripts/torture --seed 5 --sharing auto");
  expect(text).toMatch(/^fault plan: \{"kinds":\[/m);
  expect(text.split("last events:\n")[1]?.split("\n")).toHaveLength(20);
});
