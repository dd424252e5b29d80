import { describe, expect, it } from "vitest";
import { decodeErrorTree, encodeError } from "../requests/outcome.ts";
import { limitTree } from "./error-tree-limit.ts";
import { shownRequest } from "./error-tree-texts.ts";
import type { ErrorTree } from "./errors.ts";

const icky: ErrorTree = { msg: "Icky value", code: "FUNCTION_FAILED", req: '["divide",1,0]' };

function caller(req: string, parts: readonly ErrorTree[]): ErrorTree {
  return { msg: "", code: "FUNCTION_FAILED", req, info: Object.fromEntries(parts.map((part) => [part.req, part])) };
}

function chain(levels: number, argument: string): ErrorTree {
  let tree = icky;
  for (let level = 0; level < levels; level += 1) tree = caller(`["f",${level},"${argument}"]`, [tree]);
  return tree;
}

function deepestOf(tree: ErrorTree): ErrorTree {
  const [part] = Object.values(tree.info ?? {});
  return part === undefined ? tree : deepestOf(part);
}

describe("an error tree", () => {
  it("is left as it is where it is small", () => {
    const tree = chain(10, "a");
    expect(limitTree(tree)).toBe(tree);
    expect(decodeErrorTree(encodeError(tree))).toEqual(tree);
  });

  it("keeps its deepest cause and its requests, however long their arguments are", () => {
    const tree = limitTree(chain(40, "x".repeat(100_000)));
    expect(JSON.stringify(tree).length).toBeLessThan(500_000);
    expect(deepestOf(tree)).toEqual(icky);
    expect(limitTree(tree)).toBe(tree);
  });

  it("keeps apart long requests that begin alike", () => {
    const long = "x".repeat(50_000);
    const tree = caller('["f"]', [
      { ...icky, req: `["g","${long}",1]` },
      { ...icky, req: `["g","${long}",2]` },
    ]);
    expect(Object.keys(limitTree(tree).info ?? {})).toEqual([
      shownRequest(`["g","${long}",1]`),
      shownRequest(`["g","${long}",2]`),
    ]);
  });

  it("says how many failed requests it has no room for", () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ ...icky, req: `["divide",${index},0]` }));
    const tree = limitTree(caller('["f"]', many));
    const kept = Object.keys(tree.info ?? {}).length;
    expect(kept).toBeGreaterThan(900);
    expect(tree.details).toEqual({ failedCallsLeftOut: 20_000 - kept });
  });

  it("has each failed request in full once", () => {
    let level: ErrorTree[] = [icky];
    for (let next = 0; next < 30; next += 1) {
      const below = level;
      level = [0, 1].map((side) => caller(`["f",${next},${side}]`, below));
    }
    const tree = limitTree(caller('["top"]', level));
    expect(JSON.stringify(tree).length).toBeLessThan(500_000);
    expect(deepestOf(tree)).toEqual(icky);
  });

  it("has short details", () => {
    const long = { ...icky, details: { cycle: Array.from({ length: 3 }, () => "x".repeat(100_000)), losses: 3 } };
    const details = limitTree(long).details as { cycle: string[]; losses: number };
    expect(details.losses).toBe(3);
    expect(details.cycle.map(({ length }) => length)).toEqual([500, 500, 500]);
    const many = { ...icky, details: { list: Array.from({ length: 100_000 }, (_, index) => index) } };
    expect(limitTree(many).details).toEqual({ detailsLeftOut: 588_900 });
  });

  it("takes less than a megabyte as text whatever its characters are", () => {
    const parts = Array.from({ length: 200 }, (_, index) => ({
      ...icky,
      req: `["g",${index}]`,
      msg: "\u0001".repeat(9_000),
    }));
    const text = encodeError(caller('["f"]', parts));
    expect(text.length).toBeLessThan(1_000_000);
    expect(Object.keys(decodeErrorTree(text).info ?? {}).length).toBeGreaterThan(100);
  });
});
