import { hostname } from "node:os";
import { expect, it } from "vitest";
import { surveyOf } from "./pool-survey.ts";

type PoolState = Parameters<typeof surveyOf>[0];

/** A pool of workers, each `[host, score, slots, cpus]`; their ids are w0, w1 and so on. */
function poolOf(...workers: ReadonlyArray<readonly [host: string, score?: number, slots?: number, cpus?: number]>) {
  const members = workers.map(([host, score, slots = 1, cpus = 4], place) => ({
    ...{ id: `w${place}`, kind: "worker", functions: {}, leaseLeftMs: 1_000 },
    description: { host, slots, cpus, ...(score !== undefined && { score }) },
  }));
  return surveyOf({ members, functions: { epoch: 1, functions: new Map() } } as unknown as PoolState);
}

it.each([
  ["no workers", [], { count: 0, meanScore: 1, leastScore: 1 }],
  ["workers that report no score", [["a"], ["b"]], { count: 2, meanScore: 1, leastScore: 1 }],
  [
    "a fast and a slow one",
    [
      ["a", 3],
      ["b", 1],
    ],
    { count: 2, meanScore: 2, leastScore: 1 },
  ],
  [
    "two kinds on one host",
    [
      ["a", 3, 3],
      ["a", 1, 1],
    ],
    { count: 4, meanScore: 2.5, leastScore: 1 },
  ],
  [
    "more slots than processors",
    [
      ["a", 4, 9, 1],
      ["b", 1, 1, 1],
    ],
    { count: 2, meanScore: 2.5, leastScore: 1 },
  ],
] as const)("lanes and their scores: %s", (_, workers, expected) => {
  expect(poolOf(...workers).lanes(1)).toEqual(expected);
});

it("functions that wait have more lanes than processors", () => {
  expect(poolOf(["a", 1, 9, 1]).lanes(0.25).count).toBe(4);
});

it("the score of a worker is known by its id, and that of this process by its host", () => {
  const survey = poolOf(["far", 2], [hostname(), 5]);
  expect([survey.scoreOf("pool/w0"), survey.scoreOf("pool/w9"), survey.scoreHere]).toEqual([2, undefined, 5]);
  expect(poolOf(["far", 2]).scoreHere).toBe(1);
});
