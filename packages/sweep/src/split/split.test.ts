import { isGridError } from "@callgrid/core";
import { expect, test } from "vitest";
import { type Experiment, type JobPool, makeJobPool } from "./job-pool.ts";
import { type Machine, shareSizes } from "./shares.ts";
import { splitJobs } from "./split.ts";

const machines: readonly Machine[] = [
  { name: "a", performance: 1, cores: 1 },
  { name: "b", performance: 1, cores: 2 },
  { name: "c", performance: 2, cores: 1 },
];

function experiment(changes: Partial<Experiment> = {}): JobPool {
  const jobs = Array.from({ length: 1_000 }, (_, place) => [Math.floor(place / 100), place % 100]);
  return makeJobPool({ functionName: "simulate", jobs, config: { model: { rate: 0.5 } }, seed: 1, ...changes });
}

test("the split of an experiment never changes", () => {
  const pool = experiment();
  const { digest, shares } = splitJobs(pool, machines);
  expect({
    experiment: pool.digest,
    split: digest,
    shares: shares.map(({ machine, jobs }) => [
      machine.name,
      jobs.length,
      ...jobs.slice(0, 5).map(({ index }) => index),
    ]),
  }).toMatchInlineSnapshot(`
    {
      "experiment": {
        "hex": "206e1164282044bab6f01fe70cd6da2114f04b71a5bb98a48044079b240c5a6e",
        "words": "breeze-galaxy-basil-field",
      },
      "shares": [
        [
          "a",
          200,
          692,
          499,
          200,
          79,
          858,
        ],
        [
          "b",
          400,
          491,
          262,
          139,
          693,
          589,
        ],
        [
          "c",
          400,
          618,
          918,
          246,
          588,
          629,
        ],
      ],
      "split": {
        "hex": "9d977aa20346baa1fb557decf153fc539743d6780d59049fa7db1b0d4790595e",
        "words": "kettle-jaguar-goose-lagoon",
      },
    }
  `);
});

test("every job is in one share, and shares follow performance times cores to within one job", () => {
  const { shares } = splitJobs(experiment(), machines);
  const all = shares.flatMap(({ jobs }) => jobs.map(({ index }) => index));
  expect(all.sort((one, other) => one - other)).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
  expect(shares.map(({ jobs }) => jobs.length)).toEqual([200, 400, 400]);
});

test.each([
  [10, [1, 1, 1], [4, 3, 3]],
  [1, [1, 5, 1], [0, 1, 0]],
  [0, [1, 2], [0, 0]],
  [7, [0.1, 0.2, 0.4], [1, 2, 4]],
])("%i jobs for performances %j are shares of %j", (total, performances, sizes) => {
  const some = performances.map((performance, place) => ({ name: `m${place}`, performance, cores: 1 }));
  expect(shareSizes(total, some)).toEqual(sizes);
});

test("the order of machines makes no difference", () => {
  expect(splitJobs(experiment(), machines.toReversed())).toEqual(splitJobs(experiment(), machines));
});

test("the shuffle spreads every group of jobs over all machines", () => {
  const sizes = [200, 400, 400];
  let sum = 0;
  const rounds = 20;
  for (let seed = 0; seed < rounds; seed += 1) {
    const { shares } = splitJobs(experiment({ seed }), machines);
    for (const [place, { jobs }] of shares.entries()) {
      const expected = (sizes[place] ?? 0) / 10;
      for (let group = 0; group < 10; group += 1) {
        const count = jobs.filter(({ args }) => args[0] === group).length;
        sum += (count - expected) ** 2 / expected;
      }
    }
  }
  // 9 x 2 degrees of freedom a round: 450 is the 99.9 % bound of chi-square with 360
  expect(sum).toBeLessThan(450);
});

test("the digest changes with jobs, their order, configuration, seed, function and machines", () => {
  const known = experiment().digest.hex;
  const others = [
    experiment({ jobs: [[1], [2]] }),
    experiment({ jobs: [[2], [1]] }),
    experiment({ config: { model: { rate: 0.6 } } }),
    experiment({ seed: 2 }),
    experiment({ functionName: "other" }),
  ].map(({ digest }) => digest.hex);
  expect(new Set([known, ...others]).size).toBe(6);
  expect(experiment({ config: { model: { rate: 0.5 } } }).digest.hex).toBe(known);
  const split = splitJobs(experiment(), machines).digest.hex;
  expect(splitJobs(experiment(), machines.slice(1)).digest.hex).not.toBe(split);
});

test("equal jobs are one job that has several places", () => {
  const { jobs, places } = experiment({ jobs: [[1, { a: 1, b: 2 }], [2], [1, { b: 2, a: 1 }], [2], [2]] });
  expect(jobs.map(({ index, repeats }) => [index, repeats])).toEqual([
    [0, [2]],
    [1, [3, 4]],
  ]);
  expect(places).toBe(5);
});

test("arguments that are not plain data are refused with their place", () => {
  const refused = refusal(() => experiment({ jobs: [[1], [{ step: () => 1 }]] }));
  expect(refused).toContain("the arguments of a job must be plain data: jobs[1][0].step");
  expect(refusal(() => experiment({ jobs: [[1], 2 as unknown as unknown[]] }))).toContain(
    "jobs[1]: expected a list of arguments, got number",
  );
});

test("finished jobs are in no share of a later split", () => {
  const pool = experiment();
  const [first] = splitJobs(pool, machines).shares;
  const finished = new Set(first?.jobs.map(({ index }) => index));
  const { shares } = splitJobs(pool, machines.slice(1), finished);
  const left = shares.flatMap(({ jobs }) => jobs);
  expect(left).toHaveLength(800);
  expect(left.some(({ index }) => finished.has(index))).toBe(false);
});

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isGridError(error, "INVALID_VALUE")) return error.message;
  }
  return "nothing was refused";
}
