import { mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytes, localGrid } from "callgrid";
import { afterAll, expect, it } from "vitest";
import { onLocalGrid } from "../on-local-grid.ts";
import { digitFile, plainDigitSum } from "./digit-file.ts";
import * as functions from "./functions.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-digits-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("a seed always gives the same digits, and nothing else", () => {
  const path = digitFile({ digits: 5_000, seed: 7 }, folder);
  const text = readFileSync(path, "utf8");
  expect(text).toMatch(/^\d{5000}$/);
  rmSync(path);
  expect(readFileSync(digitFile({ digits: 5_000, seed: 7 }, folder), "utf8")).toBe(text);
  expect(readFileSync(digitFile({ digits: 5_000, seed: 8 }, folder), "utf8")).not.toBe(text);
});

it("a file of the wrong size is made again", () => {
  const path = digitFile({ digits: 3_000, seed: 7 }, folder);
  truncateSync(path, 10);
  expect(readFileSync(digitFile({ digits: 3_000, seed: 7 }, folder)).length).toBe(3_000);
});

it("pieces cover the file, and the last one takes what is left", () => {
  expect(functions.piecesOf("file", 70, 30).map(([, , start, length]) => [start, length])).toEqual([
    [0, 30],
    [30, 30],
    [60, 10],
  ]);
});

it("the grid's sum is that of a plain loop", async () => {
  const digits = 1_000_003;
  const path = digitFile({ digits, seed: 7 }, folder);
  await onLocalGrid(functions, async (grid) => {
    expect(await grid.enqueue(grid.pool, [functions.digitSumOfFile, path, digits, 30_000])).toBe(plainDigitSum(path));
  });
});

it("worker threads read their own pieces, and the sum is the same", async () => {
  const digits = 300_000;
  const path = digitFile({ digits, seed: 7 }, folder);
  const grid = await localGrid({ functions: new URL("./functions.ts", import.meta.url), workers: 2 });
  const sums = await grid.enqueueAll(grid.pool, functions.piecesOf(path, digits, 30_000));
  await grid.close();
  expect(sums.reduce((total, sum) => total + sum, 0)).toBe(plainDigitSum(path));
});

it("a batch has the same sum", async () => {
  const path = digitFile({ digits: 1_000_003, seed: 7 }, folder);
  await onLocalGrid(functions, async (grid) => {
    const { digitSumOfSlice: process, sumOfSums: reduce } = functions;
    expect(await grid.batch({ data: bytes(path), process, reduce }).result()).toBe(plainDigitSum(path));
  });
});

it("a piece past the end of the file fails, and says where the file ends", async () => {
  const path = digitFile({ digits: 100, seed: 7 }, folder);
  await onLocalGrid(functions, async (grid) => {
    await expect(grid.enqueue(grid.pool, [functions.digitSum, path, 90, 30])).rejects.toThrow(/ends at byte 100/);
  });
});
