/** What a seed plans: the same each time, of every kind, and with outcomes that are worked out here without a grid. */
import { describe, expect, it } from "vitest";
import { Chance } from "./chance.ts";
import { faultKinds, plannedFaults } from "./fault-plan.ts";
import { combine, commonTag, digest, leaf, someRequests, tree, treeSize } from "./workload.ts";

describe("the requests of a seed", () => {
  it("are the same each time, and others for another seed", () => {
    expect(someRequests(100, new Chance(1))).toEqual(someRequests(100, new Chance(1)));
    expect(someRequests(100, new Chance(1))).not.toEqual(someRequests(100, new Chance(2)));
  });

  it("are of every kind, and some of them come again", () => {
    const requests = someRequests(500, new Chance(1)).map(({ request }) => request);
    expect(new Set(requests.map(([name]) => name))).toEqual(
      new Set(["leaf", "spin", "tree", "refuse", "doom", "rescue"]),
    );
    expect(new Set(requests.map((request) => JSON.stringify(request))).size).toBeLessThan(490);
  });
});

it("a tree has the value of its calls", () => {
  const shape = { depth: 1, breadth: 2, restMs: 0 };
  const values = [digest("t.0"), digest("t.1"), digest(commonTag("t"))];
  expect(tree("t", shape).expected).toEqual({ value: combine("t", values) });
  expect(tree("t", { ...shape, depth: 0 }).expected).toEqual(leaf("t", 0).expected);
});

it.each([
  [0, 2],
  [1, 7],
  [2, 22],
])("a tree of depth %i and breadth 3 is %i requests", (depth, size) => {
  expect(treeSize({ depth, breadth: 3, restMs: 0 })).toBe(size);
});

it("the faults of a seed are the same each time: in each round every kind once", () => {
  const [one, other] = [plannedFaults(new Chance(1), 1_000), plannedFaults(new Chance(1), 1_000)];
  for (let round = 0; round < 3; round += 1) {
    const faults = faultKinds.map(() => one.next().value);
    expect(faults).toEqual(faultKinds.map(() => other.next().value));
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(faultKinds));
  }
});
