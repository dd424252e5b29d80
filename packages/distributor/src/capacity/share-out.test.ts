import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SharingHost, shareOut } from "./share-out.ts";

function host(id: string, score = 1, maxWorkers = 100, minWorkers = 0): SharingHost {
  return { id, score, minWorkers, maxWorkers };
}

describe("workers are shared out", () => {
  it.each<[string, number, SharingHost[], Record<string, number>]>([
    ["not at all without hosts", 5, [], {}],
    ["all to the only host, within its bound", 5, [host("a", 1, 3)], { a: 3 }],
    ["evenly among equals", 4, [host("a"), host("b")], { a: 2, b: 2 }],
    ["with the odd one to the first by name", 3, [host("b"), host("a")], { a: 2, b: 1 }],
    ["by score", 12, [host("a", 1), host("b", 2), host("c", 3)], { a: 2, b: 4, c: 6 }],
    [
      "with what a full host cannot take going to the others",
      10,
      [host("a", 8, 2), host("b"), host("c")],
      { a: 2, b: 4, c: 4 },
    ],
    ["with no host below its least", 2, [host("a", 1, 9, 2), host("b", 9, 9, 1)], { a: 2, b: 1 }],
    ["with a least counting towards the share", 4, [host("a", 1, 9, 2), host("b")], { a: 2, b: 2 }],
  ])("%s", (_, workers, hosts, shares) => {
    expect(shareOut(workers, hosts)).toEqual(shares);
  });

  it("in full, within bounds, and so that one worker more takes none away from any host", () => {
    const bounds = fc.record({
      score: fc.double({ min: 0.1, max: 50, noNaN: true }),
      minWorkers: fc.nat(3),
      maxWorkers: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(bounds, { maxLength: 6 }), fc.nat(60), (given, workers) => {
        const hosts = given.map((each, place) => ({ ...each, id: `h${place}` }));
        const shares = shareOut(workers, hosts);
        const more = shareOut(workers + 1, hosts);
        const least = hosts.reduce((sum, each) => sum + Math.min(each.minWorkers, each.maxWorkers), 0);
        const most = hosts.reduce((sum, each) => sum + each.maxWorkers, 0);
        const sum = Object.values(shares).reduce((total, share) => total + share, 0);
        expect(sum).toBe(Math.min(most, Math.max(least, workers)));
        for (const { id, maxWorkers } of hosts) {
          expect(shares[id]).toBeLessThanOrEqual(maxWorkers);
          expect(more[id]).toBeGreaterThanOrEqual(shares[id] ?? 0);
        }
      }),
    );
  });
});
