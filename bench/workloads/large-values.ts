/** W8: arguments and results of a megabyte. */
import { withFigures } from "../run/stage.ts";
import type { Task } from "../system.ts";
import { beeQueueMany, bullMqMany, floorOne, piscinaMany, strict, type Workload } from "../workload.ts";

const valueBytes = 1_000_000;
const warmUpTasks = 4;
const bytesPerMegabyte = 1_000_000;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A text that is another for every index. */
function largeText(index: number): string {
  return `${index}:`.padEnd(valueBytes, alphabet.slice(index % alphabet.length) + alphabet);
}

function turnTasks(from: number, count: number): Task[] {
  return Array.from({ length: count }, (_, index) => ["turn", from + index, largeText(from + index)]);
}

function turned(text: string): string {
  return text.slice(1) + text.slice(0, 1);
}

export const largeValues: Workload = {
  id: "W8",
  title: "arguments and results of 1 MB",
  groups: (scale) => {
    const size = scale === "quick" ? 10 : 100;
    const few = { concurrency: 4 };
    const bullMq = { ...bullMqMany, settings: { ...few, chunk: 10 } };
    const others = scale === "quick" ? [] : [bullMq, { ...piscinaMany, settings: few }, floorOne];
    const cases = [strict, { ...beeQueueMany, settings: few }, ...others];
    return [{ key: "large", title: `${size} tasks of 1 MB both ways`, size, metrics: ["megabytesPerSecond"], cases }];
  },
  async run(stage) {
    const { size } = stage.group;
    await stage.check(turnTasks(size, warmUpTasks), (index) => turned(largeText(size + index)));
    const measurement = await stage.measureTasks(turnTasks(0, size), (index) => turned(largeText(index)));
    const megabytes = (2 * size * valueBytes) / bytesPerMegabyte;
    return withFigures(measurement, { megabytesPerSecond: megabytes / (measurement.figures.seconds ?? 0) });
  },
};
