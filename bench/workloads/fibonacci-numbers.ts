/** W4: plain recursion. Once with calls that are all distinct, and once with equal calls, which the cache makes few. */

import type { Measurement } from "../measurement.ts";
import { fibCalls, fibonacci } from "../nested-tasks.ts";
import { countText } from "../report/figure-text.ts";
import { type Stage, withFigures } from "../run/stage.ts";
import {
  auto,
  beeQueueMany,
  bullMqMany,
  type Case,
  type Group,
  type Scale,
  strict,
  type Workload,
} from "../workload.ts";

/** The others take long, and are warm after this. */
const warmUpNumber = 16;
/** While V8 compiles, single runs of callgrid take between half and three times as long; the others are warm after a few. */
const cachedRuns = { callgrid: { warmUp: 60, measured: 20 }, others: { warmUp: 5, measured: 5 } };
const msPerSecond = 1_000;

const inMemory: Case = { ...auto, name: "callgrid, 1 worker", workers: 1, repeats: 5 };
const bullMqSteps: Case = { ...bullMqMany, settings: { concurrency: 100, nesting: "steps" }, mostRounds: 3 };
/** More than half of all calls wait at the same time, and with less it hangs. */
const beeQueueWaiting: Case = { ...beeQueueMany, settings: { concurrency: 30_000, nesting: "waiting" }, mostRounds: 3 };
const bullMqById: Case = { ...bullMqMany, settings: { concurrency: 100, nesting: "waiting by id" } };

function distinct(scale: Scale): Group {
  const size = scale === "quick" ? 12 : 22;
  const others = scale === "quick" ? [] : [{ ...auto, repeats: 5 }, strict, bullMqSteps, beeQueueWaiting];
  const cases = [inMemory, ...others];
  const title = `fib(${size}), ${countText(fibCalls(size))} distinct calls`;
  return { key: "distinct", title, size, metrics: ["perSecond", "seconds", "evaluations"], cases };
}

function cached(scale: Scale): Group {
  const size = 80;
  const others = scale === "quick" ? [] : [auto, strict, bullMqById];
  const cases = [{ ...inMemory, repeats: 1 }, ...others];
  const title = `fib(${size}) with the cache`;
  return { key: "cached", title, size, metrics: ["milliseconds", "coldMilliseconds", "evaluations"], cases };
}

export const fibonacciNumbers: Workload = {
  id: "W4",
  title: "Fibonacci numbers by plain recursion",
  groups: (scale) => [distinct(scale), cached(scale)],
  run: (stage) => (stage.group.key === "cached" ? measureCached(stage) : measureDistinct(stage)),
};

async function measureDistinct(stage: Stage): Promise<Measurement> {
  const { size } = stage.group;
  // a path of its own for each run makes all its calls distinct from those before
  const warmUpSize = stage.case.system === "callgrid" ? size : Math.min(size, warmUpNumber);
  for (let count = 0; count < stage.repeats; count++) await fib(stage, "fib", warmUpSize, `w${count}-`);
  return stage.measure(stage.repeats * fibCalls(size), async () => {
    for (let count = 0; count < stage.repeats; count++) await fib(stage, "fib", size, `m${count}-`);
  });
}

/** Means of several runs, and the first run of workers that have evaluated nothing. */
async function measureCached(stage: Stage): Promise<Measurement> {
  const { size } = stage.group;
  const { warmUp, measured } = cachedRuns[stage.case.system === "callgrid" ? "callgrid" : "others"];
  const started = performance.now();
  await fib(stage, "cachedFib", size, "first");
  const coldMilliseconds = performance.now() - started;
  for (let count = 0; count < warmUp; count++) await fib(stage, "cachedFib", size, `warm-up-${count}`);
  const measurement = await stage.measure(measured * (size + 1), async () => {
    for (let count = 0; count < measured; count++) await fib(stage, "cachedFib", size, `measured-${count}`);
  });
  const { seconds = 0, evaluations = 0 } = measurement.figures;
  const milliseconds = (msPerSecond * seconds) / measured;
  return withFigures(measurement, { milliseconds, coldMilliseconds, evaluations: evaluations / measured });
}

async function fib(stage: Stage, name: "fib" | "cachedFib", n: number, salt: string): Promise<void> {
  const value = await stage.system.runOne([name, n, salt]);
  if (value !== fibonacci(n)) throw new Error(`${name}(${n}) came back as ${String(value)}`);
}
