/** What makes the simulation worth anything: it notices what is broken, and a seed gives the same run again. */
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { miscounted, staleEntry } from "./invariants.ts";
import { simulate } from "./simulation.ts";

it("a reclaim that forgets a request is noticed within 100 seeds", async () => {
  const violations: string[] = [];
  for (let seed = 1; seed <= 100 && violations.length === 0; seed += 1) {
    const { violation } = await simulate({ seed, sharing: "auto", broken: "reclaiming" });
    if (violation !== undefined) violations.push(violation);
  }
  expect(violations).toEqual([expect.stringContaining("in no queue that anybody takes from")]);
});

it("what an operation leaves that stops midway is noticed within 100 seeds, if no sweep repairs it", async () => {
  const violations: string[] = [];
  for (let seed = 1; seed <= 100 && violations.length === 0; seed += 1) {
    const { violation } = await simulate({ seed, sharing: "auto", broken: "auditing" });
    if (violation !== undefined) violations.push(violation);
  }
  expect(violations).toEqual([expect.stringContaining("in no queue that anybody takes from")]);
});

it("an outcome of code that is not current is noticed within 100 seeds", async () => {
  const violations: string[] = [];
  for (let seed = 1; seed <= 100 && violations.length === 0; seed += 1) {
    const { violation } = await simulate({ seed, sharing: "auto", broken: "currency" });
    if (violation !== undefined) violations.push(violation);
  }
  expect(violations).toEqual([expect.stringMatching(/made by|a value of/)]);
});

it("a number of waiting requests that is not what the queues hold is noticed", async () => {
  const pool = new MemoryStatekeeper().pool("pool");
  const submissions = [{ id: "a".repeat(22), payload: '["work",1]' }];
  await pool.submit({ process: "c1", leaseMs: 60_000, queueLimit: 0, submissions });
  expect(miscounted(pool.records)).toBeUndefined();
  pool.records.callers.at(0).queues.clear();
  expect(miscounted(pool.records)).toBe("1 are said to wait, and the queues hold 0");
});

it("a queue that holds what is done, or what a worker has claimed, is noticed", async () => {
  const pool = new MemoryStatekeeper().pool("pool");
  const id = "a".repeat(22);
  const functions = new Map([["work", "1"]]);
  const { epoch } = await pool.join({ id: "w1", kind: "worker", leaseMs: 60_000, description: {}, functions });
  pool.records.queue.pushTail(id);
  expect(staleEntry(pool.records)).toContain("which is done or gone");
  pool.records.queue.delete(id);
  const submissions = [{ id, payload: '["work",1]' }];
  await pool.submit({ process: "c1", leaseMs: 60_000, queueLimit: 0, submissions });
  await pool.claim({ worker: "w1", max: 1, budgetMicros: 1, epoch, skips: [], reach: "roots", volunteerFor: 0 });
  expect(staleEntry(pool.records)).toBeUndefined();
  pool.records.queue.pushTail(id);
  expect(staleEntry(pool.records)).toContain("which w1 has claimed");
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
  const { report } = await simulate({ seed: 5, sharing: "auto", broken: "reclaiming", traceLines: 20 });
  const text = report();
  expect(text).toContain("scripts/torture --seed 5 --sharing auto");
  expect(text).toMatch(/^fault plan: \{"kinds":\[/m);
  expect(text.split("last events:\n")[1]?.split("\n")).toHaveLength(20);
});
