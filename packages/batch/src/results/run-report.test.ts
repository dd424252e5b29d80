import { expect, it } from "vitest";
import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import { RunReport } from "./run-report.ts";

function chunk(index: number, tookMs: number, worker = "pool/w1"): FinishedChunk {
  const result = { values: [], failures: [], startedMs: 1_000 + index * 10, tookMs, busyRatio: 1, worker };
  const cut = { index, firstSlice: index * 5, slices: { from: index * 5, to: index * 5 + 5 }, units: 5 };
  return { chunk: cut, result, requestId: "", isCached: false, finishedMs: 0 };
}

const progress = { doneSlices: 15, failedSlices: 0, cachedSlices: 0, elapsedMs: 2_000, unit: "slice" } as const;

it("has a bar for each chunk in the row of its worker, and loads nothing", () => {
  const report = new RunReport();
  for (const one of [chunk(0, 10), chunk(1, 30, "pool/w<2>"), chunk(2, 20)]) report.note(one);
  const html = report.html({ name: 'a "b"', plan: "runs <there>", progress });
  expect(html.match(/<rect class="fine"/g)).toHaveLength(3);
  expect(html).toContain("pool/w&lt;2>");
  expect(html).toContain("runs &lt;there>");
  expect(html).toContain("15 slices in 2.00 s, 0 failed");
  expect(html).not.toMatch(/src=|href=|<script/);
});

it("lists the chunks that took longest, the longest first", () => {
  const report = new RunReport();
  for (let i = 0; i < 100; i += 1) report.note(chunk(i, i));
  const longest = [...report.html({ name: "n", plan: "", progress }).matchAll(/<tr><td>(\d+)/g)].map(([, index]) =>
    Number(index),
  );
  expect(longest).toEqual([99, 98, 97, 96, 95, 94, 93, 92, 91, 90]);
});

it("stays small however many chunks there are", () => {
  const report = new RunReport();
  for (let i = 0; i < 50_000; i += 1) report.note(chunk(i, 1));
  const html = report.html({ name: "n", plan: "", progress });
  expect(html.match(/<rect/g)?.length).toBeLessThan(10_000);
  expect(html).toMatch(/Every 8th chunk is drawn/);
});

it("of nothing is a page too", () => {
  expect(new RunReport().html({ name: "n", plan: "", progress })).toContain("</html>");
});
