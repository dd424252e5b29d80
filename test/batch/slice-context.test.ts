/** What the functions of a batch see of their context: that of the request which their slice would be by itself. */
import { encodeRequest, requestId } from "@callgrid/core";
import { type BatchProgress, context, define, localGrid, range } from "callgrid";
import { describe, expect, it, onTestFinished } from "vitest";
import { Gate } from "../harness/gate.ts";
import { LogTape } from "../harness/log-tape.ts";
import { until } from "../harness/until.ts";

/** Takes what is in the list before it asks for its context. */
const described = define("described", (list: number[]) => {
  const taken = list.splice(0);
  const { requestId: id, functionName, randomFor, log } = context();
  log.info({ taken }, "slice described");
  return { id, functionName, drawn: randomFor("job").uniform() };
});
const refused = define("refused", (x: number) => {
  throw new Error(`${x} is refused`);
});
const replaced = define("replaced", (_: unknown, x: number) => {
  context().log.info({ x }, "slice replaced");
  return x;
});
const functions = [described, refused, replaced];

function idOf(...request: readonly [string, ...unknown[]]): string {
  return requestId(encodeRequest(request).canonical);
}

async function open(tape = new LogTape()) {
  const grid = await localGrid({ functions, workers: 1, log: tape.log });
  onTestFinished(() => grid.close());
  return grid;
}

describe.each(["serial", "local"] as const)("in a batch that runs %s", (mode) => {
  it("a slice has the id and the log lines of its own request, with its place among all slices", async () => {
    const tape = new LogTape();
    const grid = await open(tape);
    const data = [[1], [2], [3], [4], [5]];
    const values = await grid.batch({ data, process: described, mode, chunkUnits: 2 }).result();
    expect(values).toMatchObject(data.map((list) => ({ id: idOf("described", list), functionName: "described" })));
    const lines = tape
      .having("slice described")
      .map(({ requestId: id, function: name, slice }) => ({ id, name, slice }));
    expect(lines).toEqual(data.map((list, slice) => ({ id: idOf("described", list), name: "described", slice })));
  });

  it("random numbers of a slice do not depend on which slices travel with it", async () => {
    const grid = await open();
    const drawnBy = (chunkUnits: number) =>
      grid.batch({ data: [[1], [2], [3], [4]], process: described, mode, chunkUnits, cache: "bypass" }).result();
    expect(await drawnBy(4)).toEqual(await drawnBy(1));
  });

  it("the error function sees the request of its slice as well", async () => {
    const tape = new LogTape();
    const grid = await open(tape);
    await grid.batch({ data: range(5, 7), process: refused, error: replaced, mode, chunkUnits: 2 }).result();
    expect(tape.having("slice replaced")).toMatchObject([
      { x: 5, slice: 0, function: "replaced" },
      { x: 6, slice: 1, function: "replaced" },
    ]);
  });

  it("what the function of a slice reports of how far it is comes with the progress of the run", async () => {
    const gate = new Gate();
    const gated = define("gated", (x: number) => {
      context().progress(40);
      return gate.pass().then(() => x);
    });
    const grid = await localGrid({ functions: [gated], workers: 1 });
    onTestFinished(() => grid.close());
    const run = grid.batch({ data: range(0, 3), process: gated, mode, chunkUnits: 3 });
    const result = run.result();
    const latest: BatchProgress[] = [];
    const watching = (async () => {
      for await (const progress of run.progress(20)) latest[0] = progress;
    })();
    await gate.reached;
    const [slice] = await until(() => latest[0]?.slices.length === 1 && latest[0].slices);
    expect(slice).toMatchObject({ index: 0, done: 40, total: 100 });
    if (mode === "local") {
      const { progress } = await grid.status(grid.pool);
      expect(progress).toMatchObject([{ done: 40, total: 100, slice: { index: 0 } }]);
    }
    gate.open();
    expect(await result).toEqual([0, 1, 2]);
    await watching;
    expect(latest[0]?.slices).toEqual([]);
  });
});
