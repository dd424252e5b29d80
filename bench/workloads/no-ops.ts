/** W1: what a request costs when there is nothing else to do. All are asked for at once, and every value is awaited. */
import { countText } from "../report/figure-text.ts";
import type { Task } from "../system.ts";
import {
  auto,
  beeQueueMany,
  beeQueueOne,
  bullMqMany,
  bullMqOne,
  type Case,
  floorMany,
  floorOne,
  piscinaMany,
  piscinaOne,
  strict,
  type Workload,
} from "../workload.ts";

/** So many no-ops, other ones for every salt. */
export function noOpTasks(salt: string, count: number): Task[] {
  return Array.from({ length: count }, (_, index) => ["noop", salt, index]);
}

const best = [strict, bullMqMany, beeQueueMany, piscinaMany, floorMany];
const allAtOnce: Case = {
  ...strict,
  name: "callgrid strict, all at once",
  settings: { ...strict.settings, window: 20_000 },
  isReference: false,
};
const piscinaAlone: Case = { ...piscinaOne, settings: { concurrency: 1, atomics: "disabled" } };
const others = [allAtOnce, { ...auto, isReference: false }, bullMqOne, beeQueueOne, piscinaAlone, floorOne];

export const noOps: Workload = {
  id: "W1",
  title: "independent no-ops, all values awaited in the client",
  groups: (scale) => {
    const size = scale === "quick" ? 5_000 : 20_000;
    const cases = scale === "quick" ? best : [...best, ...others];
    return [{ key: "no-ops", title: `${countText(size)} no-ops`, size, metrics: ["perSecond"], cases }];
  },
  async run(stage) {
    const { size } = stage.group;
    await stage.check(noOpTasks("warm-up", size), (index) => index);
    return stage.measureTasks(noOpTasks("measured", size), (index) => index);
  },
};
