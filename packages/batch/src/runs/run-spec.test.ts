import { describe, expect, it } from "vitest";
import { openRunData } from "./run-data.ts";
import { checkRun } from "./run-spec.ts";

const spec = { pool: "pool", data: { range: [0, 3] }, process: "double", reduce: "sum" };

describe("a run is refused under the name of what is wrong", () => {
  class Price {
    readonly amount = 1;
  }
  it.each<[string, unknown, string, string?]>([
    ["an unknown use of what is kept", { cache: "fresh" }, "submitRun.cache must be one of use, refresh, bypass"],
    ["no object", null, "submitRun must be an object"],
    ["a list", [], "submitRun must be an object"],
    ["an unknown option", { attempt: 2 }, "submitRun.attempt "],
    [
      "a slip in a part without a text form",
      { redcue: "total" },
      "submitRun.redcue is not an option; did you mean reduce?",
    ],
    ["data of no kind", { data: {} }, "submitRun.data must be"],
    ["data of two kinds", { data: { range: [0, 1], items: [] } }, "submitRun.data must be"],
    ["data that is missing", { data: undefined }, "submitRun.data must be"],
    ["an unknown field of the data", { data: { lines: "/a", slicebytes: 5 } }, "submitRun.data.slicebytes is unknown"],
    ["half a range", { data: { range: [0] } }, "submitRun.data.range must be [from, to]"],
    ["a range of no numbers", { data: { range: ["0", "1"] } }, "submitRun.data.range must be [from, to]"],
    ["items that are not a list", { data: { items: "abc" } }, "submitRun.data.items must be a list"],
    ["slices of nothing", { data: { bytes: "/a", sliceBytes: 0 } }, "submitRun.data.sliceBytes must be"],
    [
      "slices of items in bytes",
      { data: { items: [], sliceBytes: 1 } },
      "submitRun.data.sliceBytes is for lines and bytes",
    ],
    ["no file", { data: { lines: [] } }, "submitRun.data.lines must name a file"],
    [
      "a relative file",
      { data: { lines: "a.txt" } },
      "submitRun.data.lines must be an absolute path on the machines of",
    ],
    [
      "a relative file in a list",
      { data: { bytes: ["/a", "./b"] } },
      "submitRun.data.bytes[1] must be an absolute path",
    ],
    ["a file that is a number", { data: { bytes: [5] } }, "submitRun.data.bytes[0] must be an absolute path"],
    ["a relative output", { reduce: undefined, csv: "out.csv" }, "submitRun.csv must be an absolute path"],
    ["values that go nowhere", { reduce: undefined }, "submitRun.reduce must be given, or csv or ndjson"],
    ["files for one value", { csv: "/out.csv" }, "submitRun.csv is for values of slices"],
    ["one file for two", { reduce: undefined, csv: "/o", failed: "/o" }, "submitRun.failed must be a file of its own"],
    [
      "results in the file of the data",
      { reduce: undefined, data: { lines: "/o" }, csv: "/o" },
      "submitRun.csv must be a file of its own",
    ],
    ["an unknown pool's form", { pool: "a b" }, 'invalid pool id "a b"'],
    ["a zone without a pattern", { tz: "UTC" }, "submitRun.tz is for cron"],
    ["a replacement without a pattern", { replace: true }, "submitRun.replace is for cron"],
    ["a replacement of nothing", { cron: "@daily", replace: true }, "submitRun.replace needs the name"],
    ["a delay besides a pattern", { cron: "@daily", delayMs: 5 }, "submitRun.delayMs is for runs without cron"],
    ["an empty pattern", { cron: "" }, "submitRun.cron must have five fields"],
    [
      "a schedule's name that could be a run's id",
      { cron: "@daily", name: "7" },
      "submitRun.name must begin with a letter",
    ],
    ["a schedule's name with a colon", { cron: "@daily", name: "a:1" }, "submitRun.name must begin with a letter"],
    ["an item that is a function", { data: { items: [{ f: () => 1 }] } }, "submitRun.data.items[0].f", "INVALID_VALUE"],
    ["an item of a class", { data: { items: [1, new Price()] } }, "submitRun.data.items[1]", "INVALID_VALUE"],
    ["items that are too large", { data: { items: ["x".repeat(17e6)] } }, "submitRun.data.items", "PAYLOAD_TOO_LARGE"],
  ])("%s", (_, wrong, message, code = "INVALID_OPTION") => {
    const given = typeof wrong === "object" && wrong !== null && !Array.isArray(wrong) ? { ...spec, ...wrong } : wrong;
    expect(() => checkRun(given as never)).toThrowError(
      expect.objectContaining({ code, message: expect.stringContaining(message) as unknown }),
    );
  });
});

it("items are kept as JSON, and are what they were when they are opened", () => {
  const items = [new Date(0), new Map([["a", 1n]]), Number.NaN, undefined, -0, new Uint8Array([1])];
  const kept = JSON.parse(JSON.stringify(checkRun({ ...spec, data: { items } } as never).data)) as never;
  expect(openRunData(kept)).toEqual(items);
});

it("plain items are kept as they are, so that they can be read wherever the job is shown", () => {
  expect(checkRun({ ...spec, data: { items: [1, { a: "b" }] } } as never).data).toEqual({ items: [1, { a: "b" }] });
});

it("files need not be there where a run is submitted", () => {
  expect(checkRun({ ...spec, data: { lines: "/only/on/the/runner.txt" } } as never).data).toEqual({
    lines: ["/only/on/the/runner.txt"],
  });
});
