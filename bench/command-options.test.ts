import { expect, it } from "vitest";
import { readOptions, UsageError } from "./command-options.ts";
import { systemNames } from "./system.ts";

const ids = ["W1", "W2", "W3"];

it("without options everything is measured five times", () => {
  const expected = { scale: "full", rounds: 5, workloads: ids, systems: systemNames, out: "bench/results" };
  expect(readOptions([], ids)).toEqual(expected);
});

it.each([
  { args: ["--quick"], expected: { scale: "quick", rounds: 1 } },
  { args: ["--quick", "--rounds", "3"], expected: { scale: "quick", rounds: 3 } },
  { args: ["--workloads", "W3,W1"], expected: { workloads: ["W1", "W3"] } },
  { args: ["--peers", "bullmq, callgrid"], expected: { systems: ["callgrid", "bullmq"] } },
  { args: ["--out", "somewhere"], expected: { out: "somewhere" } },
])("$args", ({ args, expected }) => {
  expect(readOptions(args, ids)).toMatchObject(expected);
});

it.each([
  { args: ["--workloads", "W9"], message: '--workloads: there is no "W9", only W1, W2, W3' },
  { args: ["--peers", "celery"], message: '--peers: there is no "celery", only callgrid, bullmq' },
  { args: ["--rounds", "0"], message: "--rounds must be a whole number from 1, got 0" },
  { args: ["--rounds", "many"], message: "--rounds must be a whole number from 1, got many" },
  { args: ["--fast"], message: "--fast" },
])("$args is refused", ({ args, message }) => {
  expect(() => readOptions(args, ids)).toThrow(UsageError);
  expect(() => readOptions(args, ids)).toThrow(message);
});

it("asking for help asks for nothing else", () => {
  expect(readOptions(["--help", "--quick"], ids)).toBeUndefined();
});
