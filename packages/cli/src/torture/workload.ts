/**
 * What a torture has evaluated: requests whose outcomes are known without a grid, drawn from a seed. They nest, share
 * calls, fail, and take the failure of others.
 */
import type { Chance } from "./chance.ts";
import type { ExpectedOutcome } from "./history.ts";

/** A request and its outcome. */
export interface PlannedRequest {
  readonly request: readonly [functionName: string, ...args: unknown[]];
  readonly expected: ExpectedOutcome;
}

/** How many tags the leaves that all trees share have. */
const commonTags = 40;

/** A number that looks random and is the same everywhere: FNV-1a. */
export function digest(tag: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < tag.length; i += 1) hash = Math.imul(hash ^ tag.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The leaf that a node of any tree calls besides its children. */
export function commonTag(tag: string): string {
  return `common ${digest(tag) % commonTags}`;
}

/** The value of a node, from the values of its calls. */
export function combine(tag: string, values: readonly number[]): number {
  return values.reduce((sum, value) => (sum + value) % 1_000_003, digest(tag) % 1_000_003);
}

/** How a tree of calls is made. */
export interface TreeShape {
  readonly depth: number;
  readonly breadth: number;
  /** How long each leaf rests. */
  readonly restMs: number;
}

/** Rests for a while. */
export function leaf(tag: string, restMs: number): PlannedRequest {
  return { request: ["leaf", tag, restMs], expected: { value: digest(tag) } };
}

/** A leaf that keeps its worker's event loop busy. */
function spin(tag: string, busyMs: number): PlannedRequest {
  return { request: ["spin", tag, busyMs], expected: { value: digest(tag) } };
}

export function tree(tag: string, shape: TreeShape): PlannedRequest {
  return { request: ["tree", tag, shape], expected: { value: treeValue(tag, shape) } };
}

/** How many requests a tree has, the leaves that it shares with others aside. */
export function treeSize({ depth, breadth }: TreeShape): number {
  // At the bottom a node and its leaf.
  let size = 2;
  for (let level = 1; level <= depth; level += 1) size = 1 + breadth * size;
  return size;
}

/** Fails. */
function refuse(tag: string): PlannedRequest {
  return { request: ["refuse", tag], expected: { failure: `refused ${tag}` } };
}

/** Fails by what it calls. */
function doom(tag: string): PlannedRequest {
  const request = ["doom", tag] as const;
  return { request, expected: { failure: `Error from request ${JSON.stringify(request)}` } };
}

/** Calls what fails, and goes on without it. */
function rescue(tag: string): PlannedRequest {
  return { request: ["rescue", tag], expected: { value: `rescued ${tag}` } };
}

/** An endless series of requests. One in eight was asked for before. */
export function* plannedRequests(chance: Chance): Generator<PlannedRequest, never> {
  for (let number = 0; ; number += 1) {
    const isRepeated = number > 0 && chance.integer(1, 8) === 1;
    yield planOne(isRepeated ? chance.integer(0, number - 1) : number);
  }
}

/** The first of {@link plannedRequests}. */
export function someRequests(count: number, chance: Chance): PlannedRequest[] {
  const requests = plannedRequests(chance);
  return Array.from({ length: count }, () => requests.next().value);
}

/** Which request has this number is not drawn, so that a repeated one is equal. */
function planOne(number: number): PlannedRequest {
  const tag = `r${number}`;
  const kind = digest(tag) % 16;
  const restMs = digest(`${tag} rest`) % 20;
  if (kind === 0) return refuse(tag);
  if (kind === 1) return doom(tag);
  if (kind === 2) return rescue(tag);
  if (kind === 3) return spin(tag, restMs);
  if (kind < 8) return leaf(tag, restMs);
  const depth = 1 + (digest(`${tag} depth`) % 3);
  return tree(tag, { depth, breadth: 2 + (kind % 3), restMs: kind === 15 ? restMs : 0 });
}

function treeValue(tag: string, shape: TreeShape): number {
  if (shape.depth === 0) return digest(tag);
  const children = Array.from({ length: shape.breadth }, (_, i) =>
    treeValue(`${tag}.${i}`, { ...shape, depth: shape.depth - 1 }),
  );
  return combine(tag, [...children, digest(commonTag(tag))]);
}
