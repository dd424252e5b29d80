/** W2: how long one request takes there and back, one after the other. */
import { countText } from "../report/figure-text.ts";
import { percentile } from "../report/statistics.ts";
import type { Stage } from "../run/stage.ts";
import { withFigures } from "../run/stage.ts";
import { beeQueueOne, bullMqOne, floorOne, piscinaOne, strict, type Workload } from "../workload.ts";
import { noOpTasks } from "./no-ops.ts";

const warmUpsPerTrip = 2;

export const roundTrips: Workload = {
  id: "W2",
  title: "round trips, one after the other",
  groups: (scale) => {
    const size = scale === "quick" ? 200 : 1_000;
    const others = scale === "quick" ? [] : [bullMqOne, piscinaOne];
    const cases = [strict, ...others, beeQueueOne, floorOne];
    return [{ key: "trips", title: `${countText(size)} round trips`, size, metrics: ["p50Ms", "p99Ms"], cases }];
  },
  async run(stage) {
    const { size } = stage.group;
    await trips(stage, "warm-up", warmUpsPerTrip * size);
    let times: readonly number[] = [];
    const measurement = await stage.measure(size, async () => {
      times = await trips(stage, "measured", size);
    });
    return withFigures(measurement, { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) });
  },
};

/** The times of so many round trips, in ms. */
async function trips(stage: Stage, salt: string, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (const [index, task] of noOpTasks(salt, count).entries()) {
    const startedMs = performance.now();
    const value = await stage.system.runOne(task);
    times.push(performance.now() - startedMs);
    if (value !== index) throw new Error(`trip ${index} brought ${String(value)}`);
  }
  return times;
}
