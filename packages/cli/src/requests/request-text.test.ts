import { encodeRequest, requestId } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { parseRequest, parseRequestOrId } from "./request-text.ts";

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

describe("a request in JSON", () => {
  it("is read unchanged", () => {
    expect(parseRequest(' ["ratio", 7, {"a": null}] ', "the request")).toEqual(["ratio", 7, { a: null }]);
  });

  it("that is not JSON is refused with the place", () => {
    expect(messageOf(() => parseRequest('["ratio",seven]', "line 3"))).toBe(
      ['line 3 is not JSON: unexpected "s" at character 10', '  ["ratio",seven]', "           ^"].join("\n"),
    );
  });

  it("that ends too early is refused with the end", () => {
    expect(messageOf(() => parseRequest('["ratio",7', "line 3"))).toBe(
      ["line 3 is not JSON: it ends too early at character 11", '  ["ratio",7', "            ^"].join("\n"),
    );
  });

  it("that is long is shown around the place only", () => {
    const text = `["f","${"a".repeat(100)}",x,"${"b".repeat(100)}"]`;
    const [, shown = "", mark = ""] = messageOf(() => parseRequest(text, "line 3")).split("\n");
    expect(shown.length).toBeLessThan(70);
    expect(shown.charAt(mark.indexOf("^"))).toBe("x");
  });

  it.each(["[ratio,7]", "['ratio',7]", "ratio"])(
    "whose brackets are missing, or whose quotes the shell took, is refused with a hint: %s",
    (text) => {
      expect(messageOf(() => parseRequest(text, "the request"))).toContain(`'["ratio",7]'`);
    },
  );

  it.each([
    ["7", /a request is a list/],
    ["[]", /needs a function name/],
    ['[""]', /starts with a function name/],
    ['["f",{"__proto__":1}]', /__proto__/],
  ])("that is not a request is refused: %s", (text, message) => {
    expect(messageOf(() => parseRequest(text, "line 3"))).toMatch(message);
    expect(messageOf(() => parseRequest(text, "line 3"))).toMatch(/^line 3: /);
  });
});

describe("a request or an id", () => {
  const id = requestId(encodeRequest(["ratio", 7]).canonical);

  it("gives the id of the request, however it is spaced", () => {
    expect(parseRequestOrId('["ratio", 7]')).toEqual({ id, functionName: "ratio" });
  });

  it("gives an id as it is", () => {
    expect(parseRequestOrId(id)).toEqual({ id, functionName: undefined });
  });

  it("is refused where it is neither", () => {
    expect(() => parseRequestOrId("ratio")).toThrow(/neither a request/);
  });
});
