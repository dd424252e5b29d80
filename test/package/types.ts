/** Uses the published types as a program would; scripts/test-package compiles it under several compilers and settings. */
import {
  type BatchItem,
  callReentrant,
  connect,
  context,
  define,
  type GridError,
  type Logger,
  localGrid,
  type Outcome,
  range,
  startDistributor,
  startWorker,
  streamReentrant,
} from "callgrid";
import { enqueue, type Grid } from "callgrid/client";

const half = define("half", (n: number): number => n / 2);
const sum = define("sum", (values: number[]): number => values.reduce((one, other) => one + other, 0));
export const tree = define("tree", async (n: number): Promise<number> => {
  context().log.info({ n }, "evaluated");
  const [one, text] = await callReentrant([
    [half, n],
    ["named", "x"],
  ]);
  for await (const item of streamReentrant([[half, 1]])) void item;
  return one + String(text).length;
});

export const logOf = (): Logger => context().log;

export async function use(): Promise<number> {
  await using grid = await connect("redis://localhost:6379", { grid: "prices" });
  const caller: Grid = grid;
  const value: number = await caller.enqueue("pool", [half, 3]);
  const items: Array<BatchItem<number>> = [];
  const run = grid.batch({ data: range(1, 10), process: half, reduce: sum });
  for await (const item of run) items.push(item as BatchItem<number>);
  const outcome: Outcome<number> | undefined = items[0]?.outcome as Outcome<number> | undefined;
  const embedded = await localGrid({ functions: [half, sum], workers: 2 });
  const worker = await startWorker({ pool: "pool", functions: "./functions.js" });
  const distributor = await startDistributor({ pool: "pool" });
  const ended: GridError | undefined = worker.endedBy;
  await Promise.all([embedded.close(), worker.drain(), distributor.stop()]);
  // @ts-expect-error arguments are checked
  await enqueue("pool", [half, "three"]);
  return value + (outcome === undefined ? 0 : 1) + (ended === undefined ? 0 : 1);
}
