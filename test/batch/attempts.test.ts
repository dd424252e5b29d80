/** Functions of a batch share nothing that one of them could change for another: each call gets the data as it came. */
import { define, localGrid } from "callgrid";
import { describe, expect, it, onTestFinished } from "vitest";

interface Order {
  readonly id: number;
  readonly lines: number[];
}

/** Takes the lines out of the order, and fails at the first attempt. */
function flaky(name: string, timeoutMs?: number) {
  const tried = new Set<number>();
  return define(name, { version: "1", ...(timeoutMs && { timeoutMs }) }, (order: Order): number => {
    const total = order.lines.splice(0).reduce((sum, line) => sum + line, 0);
    if (tried.has(order.id)) return total;
    tried.add(order.id);
    throw new Error("not now");
  });
}

const lineCount = define("lineCount", (_: unknown, order: Order): number => order.lines.length);
const emptied = define("emptied", (order: Order): number => {
  order.lines.length = 0;
  throw new Error("no");
});
const cyclic = define("cyclic", (order: Order & { self?: unknown }): number => {
  order.self = order;
  throw new Error("no");
});
const spoiled = define("spoiled", (error: { msg: string }, order: Order): number => {
  error.msg = "spoiled";
  order.lines.length = 0;
  throw new Error("neither");
});
const buffer: number[] = [];
const buffered = define("buffered", (x: number): number[] => {
  buffer[0] = x;
  return buffer;
});
const constant = { total: 1 };
const shared = define("shared", (_: number) => constant);
const intoFirst = define("intoFirst", (values: Array<{ total: number }>) =>
  values.reduce((sum, { total }) => {
    sum.total += total;
    return sum;
  }),
);
const spoilingSum = define("spoilingSum", (values: number[][]): number => {
  for (const value of values) value.length = 0;
  throw new Error("no sum");
});
const later = define("later", (x: number) => ({
  // biome-ignore lint/suspicious/noThenProperty: query builders have it
  then: (resolve: (value: number) => void) => resolve(2 * x),
}));

const functions = {
  ...{ lineCount, emptied, cyclic, spoiled, buffered, shared, intoFirst, spoilingSum, later },
  ...{
    serialFlaky: flaky("flakyserial"),
    localFlaky: flaky("flakylocal"),
    limitedFlaky: flaky("limitedFlaky", 60_000),
  },
};

async function open() {
  const grid = await localGrid({ functions });
  onTestFinished(() => grid.close());
  return grid;
}

const orders = (from: number): Order[] => [0, 1, 2].map((n) => ({ id: from + n, lines: [1, 2, 3] }));

describe.each(["serial", "local"] as const)("in a batch that runs %s", (mode) => {
  it("each attempt gets the slice as it came", async () => {
    const grid = await open();
    const run = grid.batch({ data: orders(0), process: `flaky${mode}`, error: "retry", mode, chunkUnits: 3 });
    expect(await run.result()).toEqual([6, 6, 6]);
  });

  it("the error function gets the slice as it came", async () => {
    const grid = await open();
    const run = grid.batch({ data: orders(0), process: emptied, error: lineCount, mode, chunkUnits: 3 });
    expect(await run.result()).toEqual([3, 3, 3]);
  });

  it.each([emptied, cyclic])("an error says with which slice the function was called: %o", async (process) => {
    const grid = await open();
    const run = grid.batch({ data: orders(0), process, mode, chunkUnits: 3 });
    const req = `["${process.functionName}",{"id":0,"lines":[1,2,3]}]`;
    await expect(run.result()).rejects.toMatchObject({ msg: "no", req });
  });

  it("an error says with which error and slice the error function was called", async () => {
    const grid = await open();
    const run = grid.batch({ data: orders(0), process: emptied, error: spoiled, mode, chunkUnits: 3 });
    const error = (await run.result().catch((thrown: unknown) => thrown)) as { msg: string; req: string };
    expect(error.msg).toBe("neither");
    expect(JSON.parse(error.req)).toMatchObject(["spoiled", { msg: "no" }, { id: 0, lines: [1, 2, 3] }]);
  });

  it("an error says which values the reducer was called with", async () => {
    const grid = await open();
    const run = grid.batch({ data: [1, 2], process: buffered, reduce: spoilingSum, mode, chunkUnits: 2 });
    await expect(run.result()).rejects.toMatchObject({ msg: "no sum", req: '["spoilingSum",[[1],[2]]]' });
  });

  it("a value is what the function returned, whatever it makes of that later", async () => {
    const grid = await open();
    const run = grid.batch({ data: [1, 2, 3], process: buffered, mode, chunkUnits: 3 });
    expect(await run.result()).toEqual([[1], [2], [3]]);
  });

  it("a reducer that changes its values changes no others", async () => {
    const grid = await open();
    const spec = {
      data: [1, 2, 3],
      process: shared,
      reduce: intoFirst,
      mode,
      chunkUnits: 3,
      cache: "refresh",
    } as const;
    expect([await grid.batch(spec).result(), await grid.batch(spec).result()]).toEqual([{ total: 3 }, { total: 3 }]);
    expect(constant).toEqual({ total: 1 });
  });

  it("what can be awaited is awaited, as in single requests", async () => {
    const grid = await open();
    expect(await grid.batch({ data: [1, 2], process: "later", mode }).result()).toEqual([2, 4]);
  });
});

it("each attempt through the grid gets the slice as it came", async () => {
  const grid = await open();
  const run = grid.batch({ data: orders(0), process: "limitedFlaky", error: "retry", chunkUnits: 3 });
  expect(await run.result()).toEqual([6, 6, 6]);
});
