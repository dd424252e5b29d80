import { define } from "@callgrid/core";
import { expect, test } from "vitest";
import { declaredSweeps, defineSweep } from "./define-sweep.ts";
import { type Ask, listJobs } from "./list-jobs.ts";
import { jobs } from "./sweep-functions.ts";

const length = define("sweepTest.length", (text: string, _round: number) => text.length);

test("jobs of large arguments are listed in answers of a few megabytes, each of one job at least", async () => {
  const [large, huge] = ["x".repeat(1_000_000), "y".repeat(5_000_000)];
  const list = [large, large, huge, large].map((text, round): [string, number] => [text, round]);
  declaredSweeps().length = 0;
  defineSweep({ job: length, jobs: list });
  const sizes: number[] = [];
  const ask: Ask = async ([name, ...args]) => {
    if (name === "callgrid.sweepOutline") return { functionName: "f", names: [], places: list.length, digest: "" };
    const some = jobs(...(args as [number, number]));
    sizes.push(some.length);
    return some;
  };
  const { pool } = await listJobs(ask, { config: {}, seed: 1 });
  expect(pool.jobs.every(({ args }, place) => args === list[place])).toBe(true);
  expect([pool.places, sizes]).toEqual([4, [2, 1, 1]]);
});
