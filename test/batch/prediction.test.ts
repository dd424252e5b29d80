/** What a plan predicts is what a run then takes. The slices sleep, so that this holds on a busy machine too. */
import { fileURLToPath } from "node:url";
import { localGrid, range } from "callgrid";
import { expect, it } from "vitest";

const functions = fileURLToPath(new URL("../fixtures/batch/functions.ts", import.meta.url));

it.each([1, 2])("on %d workers within 20 %", async (workers) => {
  const grid = await localGrid({ functions, workers });
  try {
    const slices = 40 * workers;
    const run = grid.batch({ data: range(0, slices), process: "napFor100" });
    const plan = await run.plan();
    expect(plan.lanes).toBe(workers);
    const started = performance.now();
    const restUnits = slices - plan.parts.pilotUnits;
    expect(await run.result()).toHaveLength(slices);
    const measuredMs = performance.now() - started;
    const predictedMs = (plan.predictedMs ?? 0) * (restUnits / slices);
    expect(Math.abs(predictedMs / measuredMs - 1), `${predictedMs} predicted, ${measuredMs} measured`).toBeLessThan(
      0.2,
    );
  } finally {
    await grid.close();
  }
});
