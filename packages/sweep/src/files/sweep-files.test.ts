import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isGridError } from "@callgrid/core";
import { expect, onTestFinished, test } from "vitest";
import { checkColumns, parseColumns, readColumns } from "./columns-file.ts";
import { parseConfig, readConfig } from "./config-file.ts";
import { parseMachines, readMachines, withPerformance } from "./machines-file.ts";
import { readRebalance, writeRebalance } from "./rebalance-file.ts";

const columns = "job,run start,job start,job seconds";

test("machines have performance and cores, and comments may be between them", () => {
  const text = '{\n  // fast\n  "a": { "performance": 1.5, "cores": 2 },\n  "b": { "performance": 1, "cores": 1 },\n}';
  expect(parseMachines(text, "machines.json")).toEqual([
    { name: "a", performance: 1.5, cores: 2 },
    { name: "b", performance: 1, cores: 1 },
  ]);
});

test.each<[string, string]>([
  ['{\n"a": { "performance": 0, "cores": 1 } }', "m line 2, key a.performance: expected a number above 0, got 0"],
  [
    '{"a": { "performance": "fast", "cores": 1 } }',
    'm line 1, key a.performance: expected a number above 0, got "fast"',
  ],
  ['{"a": { "cores": 1 } }', "m line 1, key a.performance: expected a number above 0, got nothing"],
  [
    '{"a": {\n"performance": 1,\n"cores": 0 } }',
    "m line 3, key a.cores: expected a whole number from 1 to 1000, got 0",
  ],
  ['{"a": { "performance": 1, "cores": 1.5 } }', "key a.cores: expected a whole number from 1 to 1000, got 1.5"],
  ['{"a": { "performance": 1, "cores": 1, "core": 1 } }', "key a.core: expected performance or cores"],
  [
    '{"a": { "performance": 1, "cores": 1 },\n"a": { "performance": 2, "cores": 1 } }',
    "m line 2, key a: is there twice",
  ],
  ['{"a": { "performance": 1, "cores": 1,\n"cores": 2 } }', "m line 2, key a.cores: is there twice"],
  ['{"../a": { "performance": 1, "cores": 1 } }', "key ../a: a name has up to 64 letters, digits and . _ -"],
  ['{"a": 1}', 'key a: expected { "performance": …, "cores": … }'],
  ['{\n\n"a" { } }', "m line 3: not JSON: ColonExpected"],
  ["[]", "m line 1: expected an object of machines by name"],
  ["{}", "m line 1: expected at least one machine"],
])("machines are refused: %j", (text, message) => {
  expect(refusal(() => parseMachines(text, "m"))).toContain(message);
});

test("a measured performance is written between the comments, and a new machine is added", () => {
  const text = '{\n  // fast\n  "a": { "performance": 1, "cores": 2 }\n}\n';
  const measured = withPerformance(text, "m", { name: "a", performance: 2.5, cores: 9 });
  expect(measured).toBe('{\n  // fast\n  "a": { "performance": 2.5, "cores": 2 }\n}\n');
  const added = withPerformance(measured, "m", { name: "b", performance: 3, cores: 4 });
  expect(parseMachines(added, "m")[1]).toEqual({ name: "b", performance: 3, cores: 4 });
});

test("finished jobs and machines go through rebalance.json", () => {
  const folder = mkdtempSync(join(tmpdir(), "callgrid-rebalance-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "rebalance.json");
  expect(readRebalance(file)).toBeUndefined();
  const machines = [{ name: "a", performance: 1, cores: 1 }];
  const rebalance = { experiment: "e", machines, finished: new Set([0, 1, 2, 7, 9]) };
  writeRebalance(file, rebalance);
  expect(readRebalance(file)).toEqual(rebalance);
  writeFileSync(file, "{");
  expect(refusal(() => readRebalance(file))).toContain("it is not as callgrid sweep rebalance wrote it");
});

test("a file that is missing is named with what to do", () => {
  for (const [read, name] of [
    [readMachines, "machines.json"],
    [readConfig, "sweep.toml"],
    [readColumns, "columns.csv"],
  ] as const)
    expect(refusal(() => read(`/nowhere/${name}`))).toContain(
      `/nowhere/${name}: there is no such file; callgrid sweep init writes one`,
    );
});

test("the configuration has sections, and dates are texts", () => {
  expect(parseConfig("seed = 7\n[model]\nrate = 0.5\nday = 2026-01-02\n[model.noise]\nlevels = [1, 2]\n", "c")).toEqual(
    {
      config: { seed: 7, model: { rate: 0.5, day: "2026-01-02", noise: { levels: [1, 2] } } },
      seed: 7,
    },
  );
});

test.each<[string, string]>([
  ["seed = 1\n[model]\nrate = fast\n", "c line 3: not TOML: invalid value"],
  ["# seed\n\nseed = 1.5\n", "c line 3, key seed: expected a whole number, got 1.5"],
  ["[a]\nx = 1\nx = 2\n", "c line 3: not TOML"],
])("a configuration is refused: %j", (text, message) => {
  expect(refusal(() => parseConfig(text, "c"))).toContain(message);
});

test("columns are one line of CSV, with comments before it", () => {
  expect(parseColumns(`# comment\n${columns}, "a, b"\n`, "h")).toEqual([...columns.split(","), "a, b"]);
});

test.each<[string, string]>([
  ["# nothing\n", "h: expected a line with the names of the columns"],
  ["a,b\nc,d\n", "h line 2: expected one line only, the header"],
  ["a,,b\n", "h line 1: column 2 has no name"],
  ["a,b,a\n", "h line 1, key a: is there twice"],
  ['a,"b\n', "not CSV"],
])("columns are refused: %j", (text, message) => {
  expect(refusal(() => parseColumns(text, "h"))).toContain(message);
});

test("a header needs the columns of every sweep, and those of the parameters", () => {
  expect(() => checkColumns([...columns.split(","), "rate", "mean"], ["rate"], "h")).not.toThrow();
  expect(refusal(() => checkColumns(["job", "run start", "mean"], ["rate"], "h"))).toContain(
    'the header lacks "job start", "job seconds", "rate"',
  );
});

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isGridError(error, "INVALID_OPTION")) return error.message;
    throw error;
  }
  return "nothing was refused";
}
