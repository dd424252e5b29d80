import type { ErrorTree } from "@callgrid/core";
import { expect, it } from "vitest";
import type { ErrorPolicy } from "./chunk-work.ts";
import { chunkFailed, isFatal, remedyFor, sliceFailed } from "./failed-chunk.ts";

const fail: ErrorPolicy = { policy: "fail" };
const retry: ErrorPolicy = { policy: "retry", retries: 1 };
const skip: ErrorPolicy = { policy: "skip" };
const call: ErrorPolicy = { policy: "call", function: { name: "f", version: "1", generation: 0 } };
const treeOf = (code: ErrorTree["code"]): ErrorTree => ({ msg: "no", code, req: '["f"]', details: { bytes: 7 } });

it.each<[ErrorTree["code"], ErrorPolicy, number, string]>([
  ["PAYLOAD_TOO_LARGE", fail, 2, "halve"],
  ["PAYLOAD_TOO_LARGE", retry, 2, "halve"],
  ["PAYLOAD_TOO_LARGE", skip, 2, "halve"],
  ["PAYLOAD_TOO_LARGE", fail, 1, "fail"],
  ["PAYLOAD_TOO_LARGE", retry, 1, "fail"],
  ["PAYLOAD_TOO_LARGE", skip, 1, "as slice"],
  ["PAYLOAD_TOO_LARGE", call, 1, "as slice"],
  ["INVALID_VALUE", fail, 2, "halve"],
  ["TIMEOUT", fail, 2, "halve"],
  ["WORKER_LOST", fail, 2, "fail"],
  ["WORKER_LOST", retry, 2, "fail"],
  ["WORKER_LOST", skip, 2, "halve"],
  ["WORKER_LOST", call, 2, "halve"],
  ["WORKER_LOST", skip, 1, "as slice"],
  ["GRID_CLOSED", skip, 2, "fail"],
  ["STATEKEEPER_REFUSED", skip, 1, "fail"],
  ["INCOMPATIBLE_VERSION", skip, 2, "fail"],
])("a chunk that failed with %s, under %o, of %i slices: %s", (code, policy, slices, remedy) => {
  expect(remedyFor(treeOf(code), policy, slices)).toBe(remedy);
});

it("a failed slice fails the batch, unless it may be skipped", () => {
  expect(isFatal(treeOf("FUNCTION_FAILED"), "fail")).toBe(true);
  expect(isFatal(treeOf("FUNCTION_FAILED"), "skip")).toBe(false);
  expect(isFatal(treeOf("FILE_CHANGED"), "skip")).toBe(true);
});

it("an error says of which slices it is", () => {
  const chunk = { index: 3, firstSlice: 40, slices: { from: 0, to: 5 }, units: 5 };
  expect(sliceFailed(treeOf("FUNCTION_FAILED"), chunk, 2).details).toEqual({ bytes: 7, slice: 42 });
  expect(chunkFailed(treeOf("WORKER_LOST"), chunk).details).toEqual({ bytes: 7, slices: { from: 40, to: 45 } });
  expect(chunkFailed(treeOf("WORKER_LOST"), { ...chunk, slices: { from: 0, to: 1 } }).details).toMatchObject({
    slice: 40,
  });
});
