/**
 * Keeps error trees small. A call that many others share fails in the tree of each of them, so that a tree can grow by a factor
 * with every level: fib(40) over a failing base would have a hundred million parts, and the chain of ten thousand calls a tree
 * ten thousand levels deep that is written down at each level. A tree that is small is left as it is.
 */
import { decodeErrorTree, type ErrorTree, encodeError, errorTreeDepthLimit } from "@callgrid/core";

/** Trees with more parts than this are cut. */
const mostParts = 1_000;
/** Cutting the depth takes time, so it is done only once in so many levels. */
const mostLevels = 2 * errorTreeDepthLimit;

/** The tree, or if it is large: one with each failed request told once in full, the deepest levels left out. */
export function limitTree(tree: ErrorTree): ErrorTree {
  const slim = isWithin(tree, { parts: mostParts }) ? tree : tellOnce(tree, { parts: mostParts, told: new Set() });
  return isDeeperThan(slim, mostLevels) ? decodeErrorTree(encodeError(slim)) : slim;
}

function isWithin(tree: ErrorTree, room: { parts: number }): boolean {
  room.parts -= 1;
  if (room.parts < 0) return false;
  for (const key in tree.info) {
    const part = tree.info[key];
    if (part !== undefined && !isWithin(part, room)) return false;
  }
  return true;
}

/** What was told before, and what there is no room for, stays without its own parts; which calls failed is told of each. */
function tellOnce(tree: ErrorTree, room: { parts: number; readonly told: Set<string> }): ErrorTree {
  if (tree.info === undefined) return tree;
  if (room.told.has(tree.req) || room.parts <= 0) return withoutParts(tree);
  room.told.add(tree.req);
  const info: Record<string, ErrorTree> = {};
  for (const [req, part] of Object.entries(tree.info)) {
    room.parts -= 1;
    info[req] = tellOnce(part, room);
  }
  return { ...tree, info };
}

function withoutParts(tree: ErrorTree): ErrorTree {
  const { info, ...rest } = tree;
  return { ...rest, details: { ...tree.details, failedCallsLeftOut: Object.keys(info ?? {}).length } };
}

function isDeeperThan(tree: ErrorTree, levels: number): boolean {
  if (levels === 0) return true;
  for (const key in tree.info) {
    const part = tree.info[key];
    if (part !== undefined && isDeeperThan(part, levels - 1)) return true;
  }
  return false;
}
