import { isGridError, RequestError } from "@callgrid/core";
import type { SliceWork } from "../chunks/chunk-work.ts";
import type { Chunk } from "../data/chunk.ts";
import type { ChunkOutcome } from "./workplace.ts";

/** Why a chunk cannot be sent: what is in it, or how much. */
const codes: ReadonlySet<string> = new Set(["INVALID_VALUE", "PAYLOAD_TOO_LARGE"]);

/** What comes of a chunk that could not be written down: it has failed as a whole. Throws any other error. */
export function unsendableChunk(error: unknown, chunk: Chunk, { process }: SliceWork): ChunkOutcome {
  if (!isGridError(error) || !codes.has(error.code)) throw error;
  const { code, message: msg, details } = error;
  return { chunk, error: new RequestError({ msg, code, details, req: `["${process.name}"]` }) };
}
