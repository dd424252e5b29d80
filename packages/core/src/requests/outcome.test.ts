/** Outcomes that another program has written: the waiting caller gets an error, whatever the outcome is. */
import { describe, expect, it } from "vitest";
import { decodeOutcome } from "./outcome.ts";

const tree = { msg: "no", code: "FUNCTION_FAILED", req: '["f"]' };

describe("the text of an error", () => {
  it("of another version may have fields and a code that are not known", () => {
    const newer = { ...tree, code: "OUT_OF_LUCK", luck: 0, info: { '["g"]': tree } };
    expect(decodeOutcome(`!${JSON.stringify(newer)}`)).toMatchObject({ error: { code: "OUT_OF_LUCK", tree: newer } });
  });

  it.each([
    "",
    "x",
    "null",
    "[]",
    '"text"',
    "{}",
    JSON.stringify({ ...tree, msg: 1 }),
    JSON.stringify({ ...tree, stack: {} }),
    JSON.stringify({ ...tree, details: [] }),
    JSON.stringify({ ...tree, info: { a: null } }),
    JSON.stringify({ ...tree, info: { a: { ...tree, info: { b: {} } } } }),
    `${'{"info":{"a":'.repeat(100_000)}`,
  ])("that is not an outcome gives INVALID_RESULT_TEXT: %.60s", (text) => {
    expect(decodeOutcome(`!${text}`)).toMatchObject({ error: { code: "INVALID_RESULT_TEXT" } });
  });
});
