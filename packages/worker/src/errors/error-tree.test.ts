import { runInNewContext } from "node:vm";
import { type ErrorTree, GridError, RequestError, shownRequest } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { treeOfThrown } from "./error-tree.ts";

const payload = '["f",1]';
const failedCall: ErrorTree = { msg: "Icky", code: "TIMEOUT", req: '["g",2]' };
/** What `callReentrant` throws in `["f",1]`. */
const failedCalls = new RequestError({
  msg: 'Error from request ["f",1]',
  code: "FUNCTION_FAILED",
  req: payload,
  info: { '["g",2]': failedCall },
});

function fail(): never {
  throw new Error("cannot be read");
}

function unreadable(key: string): Error {
  return Object.defineProperty(new Error("odd"), key, { get: fail });
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function shared(levels: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < levels; level += 1) value = [value, value];
  return value;
}

describe("the tree of a thrown error", () => {
  it("reports its message, the request and where it was thrown", () => {
    const error = new Error("Icky");
    error.stack = "Error: Icky\n    at Object.evaluate (/home/me/functions.ts:3:59)";
    expect(treeOfThrown(error, payload)).toEqual({
      msg: "Icky",
      code: "FUNCTION_FAILED",
      req: payload,
      stack: error.stack,
    });
  });

  it("is reported with the whole stack where nothing of that is the user's: it may be the grid's fault", () => {
    const error = new Error("Icky");
    error.stack = `Error: Icky\n    at #start (${import.meta.filename}:3:59)`;
    expect(treeOfThrown(error, payload).stack).toBe(error.stack);
  });

  it("keeps the code and the details of what the grid refused, and reports no stack of the grid's own", () => {
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

  it("leaves no promise in it to reject by itself, which would end the process", async () => {
    const rejected: unknown[] = [];
    const note = (reason: unknown) => rejected.push(reason);
    process.on("unhandledRejection", note);
    const refuse = () => Promise.reject(new Error("forgotten"));
    const trees = [
      refuse(),
      new Error("top", { cause: refuse() }),
      new AggregateError([refuse()]),
      { calls: [refuse()] },
    ].map((thrown) => treeOfThrown(thrown, payload));
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(rejected).toEqual([]);
    expect(trees[0]?.msg).toBe("thrown: a promise, perhaps of a call without await");
  });

  it("takes errors of another realm for errors", () => {
    const error: unknown = runInNewContext("new RangeError('far away')");
    expect(treeOfThrown(error, payload)).toMatchObject({ msg: "far away", code: "FUNCTION_FAILED" });
  });

  it("reports its causes, each once and in short where they are many", () => {
    const bottom = new Error("bottom", { cause: "unplugged" });
    const error = new Error("top", { cause: new AggregateError([bottom, { why: 1 }, bottom], "middle") });
    expect(treeOfThrown(error, payload).causes?.map(({ msg }) => msg)).toEqual([
      "middle",
      "bottom",
      'thrown: {"why":1}',
      "unplugged",
    ]);
    const many = new AggregateError(Array.from({ length: 2_000 }, (_, index) => new Error(`${index}`)));
    expect(treeOfThrown(many, payload).causes).toHaveLength(20);
  });

  it("takes little room whatever it says", () => {
    const long = "x".repeat(5_000_000);
    const error = new Error(long, { cause: new Error(long, { cause: long }) });
    const tree = treeOfThrown(error, JSON.stringify(["f", long]));
    expect(JSON.stringify(tree).length).toBeLessThan(100_000);
    expect(tree.msg).toMatch(/^x{9999}…$/);
    expect(tree.stack).toMatch(/^Error: x{4999}…\n {4}at /);
    expect(tree.req).toMatch(/^\["f","x{9900}x*… \(5000008 characters, [\w-]{22}\)$/);
  });

  it.each<[string, () => unknown, string]>([
    [
      "a message that throws",
      () => unreadable("message"),
      "thrown: an error of class Error whose message cannot be read",
    ],
    ["a stack that throws", () => unreadable("stack"), "odd"],
    ["a cause that throws", () => unreadable("cause"), "odd"],
    ["errors that throw", () => unreadable("errors"), "odd"],
    ["a revoked proxy", () => revoked({}), "thrown: an object that cannot be read"],
    ["a revoked proxy for a cause", () => new Error("odd", { cause: revoked({}) }), "odd"],
    ["a revoked list of errors", () => Object.assign(new Error("odd"), { errors: revoked([]) }), "odd"],
    ["what has no way to a text", () => Object.create(null), "thrown: {}"],
    ["what throws on its way to a text", () => ({ toJSON: fail, toString: fail }), "thrown: [object Object]"],
    ["what unfolds without end", () => shared(100), "thrown: [object Array]"],
    ["a lying refusal", () => ({ [Symbol.for("callgrid.error")]: true, code: "TIMEOUT", message: "odd" }), "odd"],
    [
      "an unreadable refusal",
      () =>
        Object.assign(new GridError("TIMEOUT", "odd"), {
          details: {
            get a() {
              return fail();
            },
          },
        }),
      "odd",
    ],
    ["a function", () => fail, "thrown: function fail"],
  ])("can be made of any thrown value: %s", (_, make, msg) => {
    const tree = treeOfThrown(make(), payload);
    expect(tree.msg.startsWith(msg)).toBe(true);
    expect(tree.req).toBe(payload);
    expect(() => JSON.stringify(tree)).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ["a text", "Icky", "Icky"],
    ["an object", { reason: "Icky" }, 'thrown: {"reason":"Icky"}'],
    ["nothing", undefined, "thrown: undefined"],
    ["null", null, "thrown: null"],
    ["a BigInt", 1n, 'thrown: "1n"'],
    ["an object with a BigInt", { message: 5n }, 'thrown: {"message":"5n"}'],
    ["an object whose message is not text", { message: 7 }, 'thrown: {"message":7}'],
  ])("says what was thrown where that is not an error: %s", (_, thrown, msg) => {
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

  it("are parts of an error that holds several", () => {
    const other: ErrorTree = { ...failedCall, req: '["g",3]' };
    const both = new AggregateError([failedCalls, new RequestError(other), new Error("no")], "two failed");
    const tree = treeOfThrown(both, payload);
    expect(tree.info).toEqual({ '["g",2]': failedCall, '["g",3]': other });
    expect(tree.causes?.map(({ msg }) => msg)).toEqual(["no"]);
  });

  it("are recognised however long the request is", () => {
    const long = JSON.stringify(["f", "x".repeat(1_000_000)]);
    const passed = new RequestError({ ...failedCalls.tree, req: shownRequest(long) });
    expect(treeOfThrown(passed, long)).toBe(passed.tree);
  });

  it("are looked for once around a circle of causes", () => {
    const one = new Error("one");
    one.cause = new Error("other", { cause: one });
    expect(treeOfThrown(one, payload)).not.toHaveProperty("info");
  });
});
