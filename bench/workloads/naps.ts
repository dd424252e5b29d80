/** W6: tasks that take 10 ms each without using the CPU, one at a time in each worker: what is lost between them. */
import { countText } from "../report/figure-text.ts";
import { withFigures } from "../run/stage.ts";
import type { Task } from "../system.ts";
import { beeQueueOne, bullMqOne, type Case, floorOne, piscinaOne, strict, type Workload } from "../workload.ts";

const napMs = 10;
const warmUpNaps = 20;
const msPerSecond = 1_000;

/** Half of the naps one after the other, which is what timers alone reach. */
const plain: Case = { name: "plain loop, 1 process", system: "plain", workers: 1, settings: {} };

function napTasks(salt: string, count: number): Task[] {
  return Array.from({ length: count }, (_, index) => ["nap", salt, index, napMs]);
}

export const naps: Workload = {
  id: "W6",
  title: "tasks of 10 ms, one at a time in each worker",
  groups: (scale) => {
    const size = scale === "quick" ? 100 : 2_000;
    const others = scale === "quick" ? [] : [bullMqOne, beeQueueOne, piscinaOne, floorOne];
    const cases = [strict, plain, ...others];
    return [
      { key: "naps", title: `${countText(size)} tasks of 10 ms`, size, metrics: ["efficiency", "seconds"], cases },
    ];
  },
  async run(stage) {
    const { workers, system } = stage.case;
    const count = system === "plain" ? stage.group.size / 2 : stage.group.size;
    await stage.check(napTasks("warm-up", warmUpNaps), (index) => index);
    const measurement = await stage.measureTasks(napTasks("measured", count), (index) => index);
    const idealSeconds = (count * napMs) / workers / msPerSecond;
    return withFigures(measurement, { efficiency: idealSeconds / (measurement.figures.seconds ?? 0) });
  },
};
