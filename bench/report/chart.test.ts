import { expect, it } from "vitest";
import { chartOf } from "./chart.ts";
import { sampleGroup, sampleResults, sampleRow } from "./sample-results.ts";

const group = sampleGroup("no-ops", "perSecond", [
  sampleRow("callgrid <strict>", "callgrid", "perSecond", [100]),
  sampleRow("BullMQ", "bullmq", "perSecond", [50]),
  sampleRow("BullMQ, one at a time", "bullmq", "perSecond", [25]),
  sampleRow("hung", "bee-queue", "perSecond", [undefined]),
]);

it("every row that is compared with has a bar, and every other system one at its best setting", () => {
  const chart = chartOf(sampleResults("W1", [group]));
  const bars = [...chart.matchAll(/<rect [^>]*width="([\d.]+)"[^>]*class="(\w+)"/g)].map(([, width, kind]) => [
    kind,
    Number(width),
  ]);
  const longest = Number(bars[0]?.[1]);
  expect(bars).toEqual([
    ["ours", longest],
    ["other", longest / 2],
  ]);
  expect(chart).toContain(">BullMQ</text>");
  expect(chart).not.toContain("one at a time");
});

it("names are text and not markup, and every tag is closed", () => {
  const chart = chartOf(sampleResults("W1", [group]));
  expect(chart).toContain("callgrid &lt;strict&gt;");
  for (const tag of ["svg", "g", "text", "style"])
    expect(chart.split(`<${tag}`).length, tag).toBe(chart.split(`</${tag}>`).length);
});

it("workloads without a panel leave the picture empty", () => {
  expect(chartOf(sampleResults("W7", [group]))).not.toContain("<rect");
});
