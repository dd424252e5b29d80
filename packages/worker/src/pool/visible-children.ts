/** What an evaluation waits for, as the pool knows it. */
import type { Evaluation } from "../evaluation/evaluation.ts";

const mostEdges = 1_000;

/** Ids of what an evaluation waits for, itself or through calls that no other worker sees. */
export function visibleChildren(evaluation: Evaluation): string[] {
  const ids = new Set<string>();
  const seen = new Set<Evaluation>([evaluation]);
  const open = [evaluation];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const calls of next.openCalls ?? []) {
      for (const child of calls.children) {
        if (ids.size >= mostEdges) return [...ids];
        if (child === undefined || seen.has(child)) continue;
        seen.add(child);
        if (child.isVisible) ids.add(child.id);
        else open.push(child);
      }
    }
  }
  return [...ids];
}

export function isSameList(one: readonly string[], other: readonly string[] | undefined): boolean {
  return other !== undefined && one.length === other.length && one.every((id, index) => id === other[index]);
}
