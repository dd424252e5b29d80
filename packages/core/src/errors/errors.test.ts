import { expect, it } from "vitest";
import { type ErrorTree, RequestError, renderErrorTree, requestFailed } from "./errors.ts";

const icky: ErrorTree = { msg: "Icky value", code: "FUNCTION_FAILED", req: '["divide",1,0]' };

/** A request that failed since requests of its own did. */
function caller(req: string, parts: readonly ErrorTree[], msg = requestFailed(req)): ErrorTree {
  return { msg, code: "FUNCTION_FAILED", req, info: Object.fromEntries(parts.map((part) => [part.req, part])) };
}

it.each<[string, ErrorTree, string[]]>([
  ["of one request is a line", icky, ['Error from request ["divide",1,0]: Icky value']],
  ["is no more where it has no parts", { ...icky, info: {} }, ['Error from request ["divide",1,0]: Icky value']],
  [
    "has a line for each request, indented by level",
    caller('["report",1]', [caller('["ratio",1]', [icky]), { ...icky, req: '["other",2]', msg: "No value" }]),
    ['Error from request ["report",1]', '  ["ratio",1]', '    ["divide",1,0]: Icky value', '  ["other",2]: No value'],
  ],
  [
    "shows what a function made of its failed calls, and which function that was",
    caller('["report",1]', [caller('["ratio",1]', [icky], "no ratio")], "no report"),
    ['Error from request ["report",1]: no report', '  ["ratio",1]: no ratio', '    ["divide",1,0]: Icky value'],
  ],
])("a tree for people %s", (_, tree, lines) => {
  expect(renderErrorTree(tree)).toBe(lines.join("\n"));
  expect(new RequestError(tree).message).toBe(lines.join("\n"));
});

it("a long request is shortened", () => {
  expect(requestFailed(`["f","${"x".repeat(1_000)}"]`)).toMatch(/^Error from request \["f","x{193}…$/);
});

// Node has room for 14,000 calls of a function without variables, and for fewer of any other; the text grows with the square
it("a tree deeper than any stack can be shown", () => {
  let tree = icky;
  for (let level = 0; level < 14_000; level += 1) tree = caller(`["f",${level}]`, [tree]);
  expect(renderErrorTree(tree).split("\n")).toHaveLength(14_001);
});
