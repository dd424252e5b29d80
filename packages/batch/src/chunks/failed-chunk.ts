/** What to do with a chunk that failed as a whole: it may have been too large, or one of its slices ends its workers. */
import { type ErrorTree, RequestError } from "@callgrid/core";
import { type Chunk, sliceCount } from "../data/chunk.ts";
import type { ErrorPolicy } from "./chunk-work.ts";

/** The batch fails; its halves are done on their own; or its one slice is dealt with as one that failed. */
export type ChunkRemedy = "fail" | "halve" | "as slice";

/** What no smaller chunk would mend. */
const refusals: ReadonlySet<string> = new Set([
  ...["UNKNOWN_FUNCTION", "POOL_FULL", "CANCELLED", "GRID_CLOSED", "STATEKEEPER_REFUSED", "INCOMPATIBLE_VERSION"],
]);
/** What a smaller chunk may mend. */
const excesses: ReadonlySet<string> = new Set(["INVALID_VALUE", "PAYLOAD_TOO_LARGE", "TIMEOUT"]);

/** What no policy skips: all slices of the file would be missing, or be those of other data. */
const wrongData: ReadonlySet<string> = new Set(["FILE_CHANGED", "FILE_NOT_ALLOWED"]);

/** Whether a slice that failed for good fails the batch, under its error policy. */
export function isFatal({ code }: ErrorTree, policy: string): boolean {
  return policy !== "skip" || wrongData.has(code);
}

/** Until the failing slice is alone, so that the error policy is for that slice only. */
export function remedyFor({ code }: ErrorTree, { policy }: ErrorPolicy, slices: number): ChunkRemedy {
  if (refusals.has(code)) return "fail";
  const isForbidden = policy === "fail" || policy === "retry";
  if (slices > 1) return isForbidden && !excesses.has(code) ? "fail" : "halve";
  return isForbidden ? "fail" : "as slice";
}

/** The error of a slice, with its place among all slices in `details.slice`. */
export function sliceFailed(tree: ErrorTree, { firstSlice }: Chunk, place: number): RequestError {
  return new RequestError({ ...tree, details: { ...tree.details, slice: firstSlice + place } });
}

/** The error of a whole chunk, with the places of its slices in `details.slices`: the first, and the one after the last. */
export function chunkFailed(tree: ErrorTree, chunk: Chunk): RequestError {
  const count = sliceCount(chunk.slices);
  if (count === 1) return sliceFailed(tree, chunk, 0);
  const slices = { from: chunk.firstSlice, to: chunk.firstSlice + count };
  return new RequestError({ ...tree, details: { ...tree.details, slices } });
}
