import { declareOptions, option } from "@callgrid/core";
import { expect, it } from "vitest";
import { misspeltVariables } from "./misspelt-variables.ts";

const options = declareOptions({
  url: option.string({ default: "", description: "" }),
  connectTimeoutMs: option.number({ unit: "ms", min: 0, max: 9, default: 1, description: "" }),
});

it.each([
  ["CALLGRID_URI", "CALLGRID_URL"],
  ["CALLGRID_TIMEOUT", "CALLGRID_CONNECT_TIMEOUT_MS"],
  ["CALLGRID_CONECT_TIMEOUT_MS", "CALLGRID_CONNECT_TIMEOUT_MS"],
])("%s may be meant to be %s", (variable, nearest) => {
  expect(misspeltVariables(options, { [variable]: "1" })).toEqual([{ variable, nearest }]);
});

it("nothing else is misspelt", () => {
  expect(misspeltVariables(options, { CALLGRID_URL: "x", CALLGRID_OWN_THING: "1", URI: "1", PATH: "/" })).toEqual([]);
});
