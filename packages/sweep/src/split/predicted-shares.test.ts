import { expect, test } from "vitest";
import { predictShares } from "./predicted-shares.ts";

test("machines take as long as each other, and less with more of them", () => {
  const one = { name: "a", performance: 1, cores: 1 };
  const other = { name: "b", performance: 2, cores: 4 };
  expect(predictShares(900, [one], 36)).toEqual([{ machine: one, jobs: 900, part: 1, hours: 9 }]);
  expect(predictShares(900, [one, other], 36)).toEqual([
    { machine: one, jobs: 100, part: 1 / 9, hours: 1 },
    { machine: other, jobs: 800, part: 8 / 9, hours: 1 },
  ]);
});
