import { expect, it } from "vitest";
import { reportOf } from "./report.ts";
import { sampleGroup, sampleResults, sampleRow } from "./sample-results.ts";

const results = sampleResults("W2", [
  sampleGroup("trips", "p50Ms", [
    sampleRow("callgrid strict", "callgrid", "p50Ms", [1, 2, 3]),
    sampleRow("bee-queue", "bee-queue", "p50Ms", [4, 4, undefined]),
    sampleRow("bare lists, one at a time", "floor", "p50Ms", [1, 1, 1]),
  ]),
]);

it("ratios come first, with median and spread, and failed rounds are reported", () => {
  const section = reportOf(results).split("## W2: the workload W2\n\n")[1];
  expect(section).toBe(`### the group trips

Ratios are of p50 ms. Less is better.

| callgrid strict ÷ |  | p50 ms | CPU µs per call: client / workers / Redis | setting |
| --- | --- | --- | --- | --- |
| 1 | **callgrid strict** | 2 (1–3) | 1 / 2 / 3 | 2 workers |
| 0.375 (0.25–0.5) | bee-queue | 4 | 1 / 2 / 3 | 2 workers |
| 2 (1–3) | bare lists, one at a time | 1 | 1 / 2 / 3 | 2 workers |

- bee-queue: 2 of 3 rounds gave values; no result in 180 s
`);
});

it("goals say by how much they are missed", () => {
  const report = reportOf(results);
  expect(report).toContain("| W2 | p50 ÷ bare lists | at most 1.3 | 2 | missed by 53.8 % |");
  expect(report).toContain("| W2 | p50 ÷ bee-queue | at most 1 | 0.375 | yes |");
  expect(report).toContain("| W2 | p99 ÷ bare lists | at most 1 | not measured |  |");
});

it("it says what was measured on what, and when it says little", () => {
  expect(reportOf(results)).toContain(
    "# Benchmark of 2030-01-02, Node 20.1.2\n\n3 rounds on 2 × Abacus, 8 GiB, linux 6 x64.",
  );
  expect(reportOf(results)).toContain("callgrid 0.1.0, bullmq 6.0.0; commit abc1234.");
  expect(reportOf(results)).not.toContain("Quick run");
  expect(reportOf({ ...results, scale: "quick" })).toContain("Quick run");
});
