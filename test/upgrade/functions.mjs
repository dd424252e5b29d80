/**
 * The functions of scripts/test-upgrade. Each value names the releases whose workers took part; a worker reads its own release from
 * CALLGRID_SIDE.
 */
import { setTimeout } from "node:timers/promises";
import { callReentrant, define } from "callgrid";

const side = String(process.env.CALLGRID_SIDE);
const leavesOf = 8;
/** Long enough that a call goes to another worker, in ms. */
const workMs = 100;
const options = { version: "1" };

export const leaf = define("leaf", options, async (_n) => {
  await setTimeout(workMs);
  return side;
});

export const tree = define("tree", options, async (n) => {
  const leaves = await callReentrant(Array.from({ length: leavesOf }, (_, index) => [leaf, n * leavesOf + index]));
  return [...new Set([side, ...leaves])].sort().join(" ");
});
