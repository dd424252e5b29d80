/** Workers on machines whose clocks differ from the caller's: no two clocks are compared. */
import { RunReport } from "@callgrid/batch";
import { type BatchItem, localGrid, range } from "callgrid";
import { expect, it, onTestFinished, vi } from "vitest";
import { fixture } from "../harness/fixture.ts";

const functions = fixture("batch/other-clock");
const aheadMs = 7 * 60_000;

it.each([
  ["ahead", aheadMs],
  ["behind", -aheadMs],
])(
  "with a worker's clock seven minutes %s, what is known before is distinguished from what is not",
  async (_, shiftMs) => {
    vi.stubEnv("CLOCK_AHEAD_MS", String(shiftMs));
    const grid = await localGrid({ functions, workers: 1 });
    onTestFinished(() => grid.close());
    const spec = { data: range(0, 60), process: "same", mode: "local", chunkUnits: 10 } as const;

    const first = grid.batch(spec);
    const report = new RunReport();
    first.onChunk((finished) => report.note(finished));
    const items: BatchItem[] = [];
    const beganMs = Date.now();
    for await (const item of first) items.push(item);
    expect(first.standing.cachedSlices).toBe(0);
    for (const { startedMs, finishedMs } of items) {
      expect(startedMs).toBeGreaterThan(beganMs - 1_000);
      expect(startedMs).toBeLessThanOrEqual(finishedMs);
    }
    const html = report.html({ name: "n", plan: "", progress: first.standing });
    expect(html.match(/<rect class="fine"/g)).toHaveLength(6);

    const again = grid.batch(spec);
    await again.result();
    expect(again.standing.cachedSlices).toBe(60);
  },
);
