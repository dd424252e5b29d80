import { type ErrorTree, encodeError, encodeValue } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { EvaluationResult } from "./evaluation-result.ts";

const limitBytes = 1_000;
const failed: ErrorTree = { msg: "Icky", code: "FUNCTION_FAILED", req: '["f"]' };

describe("a value", () => {
  it.each<[unknown]>([
    [7],
    ["text"],
    [true],
    [null],
    [undefined],
    [5n],
    [Number.NaN],
    [-0],
    [{ a: [1] }],
    [new Map([["k", 1]])],
  ])("comes back as it was: %s", (value) => {
    const settled = EvaluationResult.ofValue(value, limitBytes);
    expect(settled.isError).toBe(false);
    expect(settled.value).toStrictEqual(value);
    expect(settled.text).toBe(encodeValue(value));
    expect(EvaluationResult.ofText(settled.text).value).toStrictEqual(value);
  });

  it("is a copy of its own for each reader, and of what the function goes on to change", () => {
    const rows = [1];
    const settled = EvaluationResult.ofValue({ rows }, limitBytes);
    rows.push(2);
    const first = settled.value as { rows: number[] };
    first.rows.push(3);
    expect(settled.value).toEqual({ rows: [1] });
  });

  it.each<[string, unknown]>([
    ["a text", "é".repeat(501)],
    ["an object", { text: "é".repeat(501) }],
    ["a text of characters that are longer when they are escaped", "\u0001".repeat(200)],
  ])("is refused beyond the limit: %s", (_, value) => {
    expect(() => EvaluationResult.ofValue(value, limitBytes)).toThrow(
      expect.objectContaining({ code: "PAYLOAD_TOO_LARGE" }),
    );
  });

  it("may take all of the limit", () => {
    const text = "x".repeat(limitBytes - 10);
    expect(EvaluationResult.ofValue(text, limitBytes).value).toBe(text);
  });

  it.each<[string, unknown, string]>([
    ["a function", () => 1, "result"],
    ["a symbol", Symbol("s"), "result"],
    ["a function inside", { rows: [() => 1] }, "result.rows[0]"],
  ])("is refused where it cannot travel, with the path: %s", (_, value, path) => {
    expect(() => EvaluationResult.ofValue(value, limitBytes)).toThrow(
      expect.objectContaining({ code: "INVALID_VALUE", details: { path } }),
    );
  });

  it("reports roughly what it takes to keep", () => {
    expect(EvaluationResult.ofValue(7, limitBytes).bytes).toBeLessThan(100);
    expect(EvaluationResult.ofValue("x".repeat(100), limitBytes).bytes).toBeGreaterThanOrEqual(200);
    expect(EvaluationResult.ofValue(["x".repeat(100)], limitBytes).bytes).toBeGreaterThanOrEqual(200);
  });
});

describe("an error", () => {
  it("comes back as a tree, and has no value", () => {
    for (const settled of [EvaluationResult.ofError(failed), EvaluationResult.ofText(encodeError(failed))]) {
      expect(settled.isError).toBe(true);
      expect(settled.tree).toEqual(failed);
      expect(settled.value).toBeUndefined();
      expect(settled.text).toBe(encodeError(failed));
    }
  });
});
