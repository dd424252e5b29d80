import { expect, it } from "vitest";
import { letWait, sampleEvaluation } from "../../../../test/harness/evaluation-sample.ts";
import type { Evaluation } from "./evaluation.ts";
import { cycleClosedBy } from "./local-cycles.ts";

/** Evaluations by name, and who waits for whom as `caller→child`. */
function graph(...edges: string[]): (name: string) => Evaluation {
  const evaluations = new Map<string, Evaluation>();
  const named = (name: string): Evaluation => {
    const known = evaluations.get(name) ?? sampleEvaluation(name, { state: "suspended" });
    evaluations.set(name, known);
    return known;
  };
  for (const edge of edges) {
    const [caller = "", child = ""] = edge.split("→");
    letWait(named(caller), named(child));
  }
  return named;
}

it.each<[string, string[], string, string, string[] | undefined]>([
  ["a request that asks for itself", [], "a", "a", ["a"]],
  ["one that asks for its caller", ["a→b"], "a", "b", ["a", "b"]],
  [
    "one that asks for a caller far above, in the order of the calls",
    ["a→b", "b→c", "c→d"],
    "a",
    "d",
    ["a", "b", "c", "d"],
  ],
  ["one that asks for a caller in the middle", ["a→b", "b→c", "c→d"], "c", "d", ["c", "d"]],
  ["a call by two ways, one of which leads back", ["x→d", "a→c", "c→d"], "a", "d", ["a", "c", "d"]],
  ["one that joins what is not waiting for it", ["a→b", "a→c"], "c", "b", undefined],
  ["one that joins what its caller waits for already", ["a→b", "a→c", "c→d"], "d", "b", undefined],
  ["one that joins what another request is waiting for", ["x→y"], "y", "a", undefined],
])("%s", (_, edges, joined, caller, cycle) => {
  const named = graph(...edges);
  const found = cycleClosedBy(named(joined), named(caller));
  expect(found?.map(({ functionName }) => functionName)).toEqual(cycle);
});

it("many ways that meet again and again are walked once", () => {
  const edges: string[] = [];
  for (let level = 0; level < 200; level += 1) {
    for (const side of ["l", "r"]) {
      edges.push(`n${level}→${side}${level}`, `${side}${level}→n${level + 1}`);
    }
  }
  const named = graph(...edges);
  expect(cycleClosedBy(named("n0"), named("n200"))).toHaveLength(401);
  expect(cycleClosedBy(named("elsewhere"), named("n200"))).toBeUndefined();
});

it("a cycle of ten thousand calls overflows no stack", () => {
  const named = graph(...Array.from({ length: 10_000 }, (_, i) => `n${i}→n${i + 1}`));
  expect(cycleClosedBy(named("n0"), named("n10000"))).toHaveLength(10_001);
});
