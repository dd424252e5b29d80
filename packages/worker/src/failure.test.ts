import { runInNewContext } from "node:vm";
import { type ErrorTree, GridError, RequestError } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { treeOfThrown } from "./failure.ts";

const payload = '["f",1]';
const failedCall: ErrorTree = { msg: "Icky", code: "TIMEOUT", req: '["g",2]' };
/** What `callReentrant` throws in `["f",1]`. */
const failedCalls = new RequestError({
  msg: 'Error from request ["f",1]',
  code: "FUNCTION_FAILED",
  req: payload,
  info: { '["g",2]': failedCall },
});

describe("the tree of a thrown error", () => {
  it("tells its message, the request and where it was thrown", () => {
    const error = new Error("Icky");
    error.stack = "Error: Icky\n    at Object.evaluate (/home/me/functions.ts:3:59)";
    expect(treeOfThrown(error, payload)).toEqual({
      msg: "Icky",
      code: "FUNCTION_FAILED",
      req: payload,
      stack: error.stack,
    });
  });

  it("is told with the whole stack where nothing of that is the user's: it may be the grid's fault", () => {
    const error = new Error("Icky");
    error.stack = `Error: Icky\n    at #start (${import.meta.filename}:3:59)`;
    expect(treeOfThrown(error, payload).stack).toBe(error.stack);
  });

  it("keeps the code and the details of what the grid refused, and tells no stack of the grid's own", () => {
    const error = new GridError("INVALID_VALUE", "args[0] is a function", { details: { path: "args[0]" } });
    error.stack = `GridError: args[0]\n    at encodeOne (${import.meta.filename}:3:59)`;
    expect(treeOfThrown(error, payload)).toEqual({
      msg: "args[0] is a function",
      code: "INVALID_VALUE",
      req: payload,
      details: { path: "args[0]" },
    });
  });

  it("leaves out details that cannot be written down", () => {
    const error = new GridError("INVALID_VALUE", "odd", { details: { value: 1n } });
    expect(treeOfThrown(error, payload)).not.toHaveProperty("details");
  });

  it("takes errors of another realm for errors", () => {
    const error: unknown = runInNewContext("new RangeError('far away')");
    expect(treeOfThrown(error, payload)).toMatchObject({ msg: "far away", code: "FUNCTION_FAILED" });
  });

  it.each<[string, unknown, string]>([
    ["a text", "Icky", "Icky"],
    ["an object", { reason: "Icky" }, 'thrown: {"reason":"Icky"}'],
    ["nothing", undefined, "thrown: undefined"],
    ["null", null, "thrown: null"],
    ["what cannot be written down", 1n, "thrown: [object BigInt]"],
    ["an object whose message is no text", { message: 7 }, 'thrown: {"message":7}'],
  ])("says what was thrown where that is no error: %s", (_, thrown, msg) => {
    expect(treeOfThrown(thrown, payload)).toEqual({ msg, code: "FUNCTION_FAILED", req: payload });
  });
});

describe("failed calls in the tree of their caller", () => {
  it("are its parts where the caller let them pass", () => {
    expect(treeOfThrown(failedCalls, payload)).toBe(failedCalls.tree);
  });

  it("are its parts where the caller threw an error of its own because of them, at any distance", () => {
    const wrapped = new Error("no price", { cause: new Error("no curve", { cause: failedCalls }) });
    expect(treeOfThrown(wrapped, payload)).toMatchObject({
      msg: "no price",
      code: "FUNCTION_FAILED",
      info: { '["g",2]': failedCall },
    });
  });

  it("are a part each where they come one by one from a stream", () => {
    expect(treeOfThrown(new RequestError(failedCall), payload)).toMatchObject({
      msg: 'Error from request ["f",1]',
      code: "FUNCTION_FAILED",
      info: { '["g",2]': failedCall },
    });
  });

  it("are looked for once around a circle of causes", () => {
    const one = new Error("one");
    one.cause = new Error("other", { cause: one });
    expect(treeOfThrown(one, payload)).not.toHaveProperty("info");
  });
});
