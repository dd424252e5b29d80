/**
 * Keeps error trees small, whatever was thrown: a message or an argument may have megabytes, and a call that many others share
 * fails in the tree of each of them, so that a tree can grow by a factor with every level. fib(40) over a failing base would have
 * a hundred million parts. A tree that is small is left as it is.
 */
import { hasShortTexts, longestTreeText, ownCharacters, withShortTexts } from "./error-tree-texts.ts";
import type { ErrorTree } from "./errors.ts";

/** How many levels of an error tree travel. What lies between them and the deepest cause is left out, and says so. */
export const errorTreeDepthLimit = 64;
/** A tree in memory may be deeper: cutting takes time, so it is done only once in so many levels. */
const mostLevels = 2 * errorTreeDepthLimit;
const mostParts = 1_000;
/** Of all texts together. */
const mostCharacters = 400_000;
/** How long texts are in a tree that has no room for longer ones, and where characters take many bytes each. */
const shorterText = 1_000;
const shortestText = 100;

/** How much there is room for. */
interface Room {
  parts: number;
  characters: number;
  readonly longestText: number;
  /** Requests whose own failed requests have their place already. */
  readonly shown: Set<string>;
  hasLeftOut: boolean;
}

/**
 * The tree, or if it is large: one with shorter texts, each failed request in full once, the deepest levels left out. Its texts
 * have at most 400,000 characters together.
 */
export function limitTree(tree: ErrorTree): ErrorTree {
  // parts first: shared ones would be met over and over on the way down
  const small = isSmall(tree, roomFor(longestTreeText)) ? tree : shortened(tree);
  return isDeeperThan(small, mostLevels) ? limitDepth(small) : small;
}

function shortened(tree: ErrorTree): ErrorTree {
  const room = roomFor(longestTreeText);
  const whole = shorten(tree, room);
  return room.hasLeftOut ? shorten(tree, roomFor(shorterText)) : whole;
}

/** A tenth of what {@link limitTree} leaves: for texts of which each character takes many. */
export function limitTreeMore(tree: ErrorTree): ErrorTree {
  const room = roomFor(shortestText);
  return shorten(tree, { ...room, characters: room.characters / 10 });
}

/**
 * A chain of ten thousand calls fails with a tree ten thousand levels deep, whose text would be sent once a level.
 * So each level passes on at most {@link errorTreeDepthLimit} levels: the upper ones, and the deepest cause.
 */
export function limitDepth(tree: ErrorTree): ErrorTree {
  return isDeeperThan(tree, errorTreeDepthLimit) ? cutBelow(tree, errorTreeDepthLimit - 2) : tree;
}

function roomFor(longestText: number): Room {
  return { parts: mostParts, characters: mostCharacters, longestText, shown: new Set(), hasLeftOut: false };
}

function isSmall(tree: ErrorTree, room: Room): boolean {
  if (!hasRoom(room) || !hasShortTexts(tree, room.longestText)) return false;
  room.parts -= 1;
  room.characters -= ownCharacters(tree);
  return parts(tree).every((part) => isSmall(part, room)) && room.characters >= 0;
}

function hasRoom({ parts: left, characters }: Room): boolean {
  return left > 0 && characters > 0;
}

/** What has its place already, and what there is no room for, stays without its own parts, and then is left out. */
function shorten(tree: ErrorTree, room: Room): ErrorTree {
  const { info, ...rest } = withShortTexts(tree, room.longestText);
  room.parts -= 1;
  room.characters -= ownCharacters(rest);
  if (info === undefined) return rest;
  const open = Object.values(info);
  const kept: ErrorTree[] = [];
  if (!room.shown.has(tree.req)) {
    room.shown.add(tree.req);
    while (kept.length < open.length && hasRoom(room)) kept.push(shorten(open[kept.length] as ErrorTree, room));
  }
  const failedCallsLeftOut = open.length - kept.length;
  if (failedCallsLeftOut === 0) return { ...rest, info: infoOf(kept) };
  room.hasLeftOut = true;
  return { ...rest, ...(kept.length > 0 && { info: infoOf(kept) }), details: { ...rest.details, failedCallsLeftOut } };
}

function isDeeperThan(tree: ErrorTree, levels: number): boolean {
  if (levels === 0) return true;
  return parts(tree).some((part) => isDeeperThan(part, levels - 1));
}

function cutBelow(tree: ErrorTree, levels: number): ErrorTree {
  if (parts(tree).length === 0) return tree;
  const change = levels > 0 ? (part: ErrorTree) => cutBelow(part, levels - 1) : deepestCause;
  return { ...tree, info: infoOf(parts(tree).map(change)) };
}

function deepestCause(tree: ErrorTree): ErrorTree {
  let deepest = tree;
  let leftOut = 0;
  for (let next = parts(deepest)[0]; next !== undefined; next = parts(deepest)[0]) {
    leftOut += 1 + levelsLeftOut(deepest);
    deepest = next;
  }
  const total = leftOut + levelsLeftOut(deepest);
  return total === 0 ? deepest : { ...deepest, details: { ...deepest.details, levelsLeftOut: total } };
}

function levelsLeftOut({ details }: ErrorTree): number {
  const count = details?.["levelsLeftOut"];
  return typeof count === "number" ? count : 0;
}

function infoOf(failed: readonly ErrorTree[]): Readonly<Record<string, ErrorTree>> {
  return Object.fromEntries(failed.map((part) => [part.req, part]));
}

function parts({ info }: ErrorTree): readonly ErrorTree[] {
  return Object.values(info ?? {});
}
