/** The functions of this package that workers evaluate. Every worker gets this module beside the modules of its user. */
import { define } from "@callgrid/core";
import { context } from "@callgrid/worker";
import { workerCalls } from "./calls.ts";
import { evaluateChunk } from "./chunk-evaluation.ts";
import type { ChunkWork } from "./chunk-work.ts";

/** Evaluates a chunk of a batch. */
export const chunk = define("callgrid.chunk", { version: "1" }, (work: ChunkWork) =>
  evaluateChunk(work, { calls: workerCalls, worker: context().worker }),
);
