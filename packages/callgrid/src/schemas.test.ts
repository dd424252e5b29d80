import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { callReentrant, context, define, type LocalGrid, localGrid } from "./index.ts";

let calls = 0;
const half = define("half", { input: z.tuple([z.number()]), output: z.number().int() }, (n) => {
  calls += 1;
  return n / 2;
});
const sumOfHalves = define("sumOfHalves", async (numbers: number[]) => {
  const halves = await callReentrant(numbers.map((n) => [half, n] as const));
  return halves.reduce((sum, one) => sum + one, 0);
});
const caller = define(
  "caller",
  { input: z.tuple([z.coerce.date()]), output: z.string().transform((text) => text.length) },
  async (day) => `${context().functionName} ${day.getUTCFullYear()}`,
);

async function open(): Promise<LocalGrid> {
  const grid = await localGrid({ functions: { half, sumOfHalves, caller } });
  onTestFinished(() => grid.close());
  return grid;
}

it("a request whose arguments do not fit fails with its own code and the issues, in the tree of its caller", async () => {
  const grid = await open();
  const failed = await grid.enqueue("pool", [sumOfHalves, [2, "4" as never, 6]]).catch((error: unknown) => error);
  expect(failed).toMatchObject({
    code: "FUNCTION_FAILED",
    info: {
      '["half","4"]': {
        code: "INVALID_INPUT",
        msg: expect.stringContaining("args[0]: ") as string,
        details: { issues: [{ path: "args[0]" }] },
      },
    },
  });
});

it("a request whose value does not fit fails with its own code", async () => {
  const grid = await open();
  await expect(grid.enqueue("pool", [half, 3])).rejects.toMatchObject({
    code: "INVALID_OUTPUT",
    req: '["half",3]',
    details: { issues: [{ path: "value" }] },
  });
});

it("the function runs in its request with what its schema made of the arguments, and callers get what the other made of its value", async () => {
  const grid = await open();
  expect(await grid.enqueue("pool", [caller, "2026-03-01"])).toBe("caller 2026".length);
});

it.each(["serial", "local"] as const)("a batch that runs %s does not retry slices that do not fit", async (mode) => {
  const grid = await open();
  calls = 0;
  const run = grid.batch({ data: [2, 3, 4], process: half, error: "retry", retries: 3, mode, chunkUnits: 3 });
  await expect(run.result()).rejects.toMatchObject({ code: "INVALID_OUTPUT", details: { slice: 1 } });
  expect(calls).toBe(3);
});
