/** What a program without types may pass: missing arguments, and others than those that are taken. */
import { expect, it } from "vitest";
import * as callgrid from "./index.ts";
import { isGridError, localGrid } from "./index.ts";

const { bytes, connect, define, lines, range, readBytes, readFileLines, readLines, readText } = callgrid;
const { renderErrorTree, startDistributor, startWorker } = callgrid;
const odd: readonly unknown[][] = [[], [null], [5], [{}], [[null]], [Symbol("s")]];

/** How a call ends: with the code of its error, or what it threw instead. */
async function endOf(call: () => unknown): Promise<unknown> {
  try {
    const value = await call();
    return `returned ${String(value)}`;
  } catch (error) {
    return isGridError(error) ? error.code : error;
  }
}

it.each<[name: string, call: (...args: never[]) => unknown]>([
  ["startWorker", startWorker],
  ["startDistributor", startDistributor],
  ["localGrid", localGrid],
  ["define", define],
  ["bytes", bytes],
  ["lines", lines],
  ["range", range],
  ["readBytes", readBytes],
  ["readText", readText],
  ["readLines", readLines],
  ["readFileLines", readFileLines],
  ["renderErrorTree", renderErrorTree],
])("%s refuses odd arguments with a code", async (_, call) => {
  for (const args of odd) expect(await endOf(() => call(...(args as never[])))).toMatch(/^INVALID_/);
});

it("a URL that is not text is refused, such as options in its place", async () => {
  for (const url of [5, {}, [], { grid: "g" }]) expect(await endOf(() => connect(url as never))).toBe("INVALID_OPTION");
});

it("no functions at all are refused, wherever functions are loaded", async () => {
  for (const functions of [null, 5, [null]]) {
    expect(await endOf(() => startWorker({ pool: "p", functions } as never))).toBe("INVALID_OPTION");
    expect(await endOf(() => localGrid({ functions } as never))).toBe("INVALID_OPTION");
  }
});

it("methods of a grid refuse odd arguments with a code", async () => {
  await using grid = await localGrid({ functions: define("one", () => 1) });
  const calls: ReadonlyArray<() => unknown> = [
    () => grid.enqueue(...([] as unknown as Parameters<typeof grid.enqueue>)),
    () => grid.enqueueAll("pool", 5 as never),
    () => grid.stream("pool", undefined as never),
    () => grid.forget("pool", null as never),
    () => grid.status(Symbol("pool") as never),
    () => grid.batch(undefined as never),
    () => grid.expectWork("pool", undefined as never),
    () => grid.expectWork("pool", 5 as never),
    () => grid.expectWork("pool", { requests: [1] } as never),
    () => grid.expectWork("pool", { workMs: 1, id: Symbol("id") } as never),
  ];
  for (const call of calls) expect(await endOf(call)).toMatch(/^INVALID_/);
  await expect(grid.expectWork("pool", { workMs: 1, reqests: {} } as never)).rejects.toThrow(
    /expectWork\.reqests .*did you mean requests\?/,
  );
});
