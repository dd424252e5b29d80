/**
 * Error trees: of what a function threw, and of what the worker itself found wrong. Whatever was thrown is read with care: one whose
 * properties throw must fail its own request and nothing else.
 */
import {
  type ErrorCause,
  type ErrorCode,
  type ErrorTree,
  isGridError,
  limitTree,
  messageOf,
  readProperty,
  requestFailed,
  requestTreeOf,
  shortStack,
  shownRequest,
} from "@callgrid/core";
import { thrownAndCauses } from "./causes.ts";
import { userFrames } from "./user-frames.ts";

const longestStack = 10_000;

/** An error that the worker itself found, without a throw. */
export function errorTree(code: ErrorCode, msg: string, req: string, details?: Record<string, unknown>): ErrorTree {
  return limitTree({ msg, code, req: shownRequest(req), ...(details && { details }) });
}

/** The tree of a thrown error. Failed re-entrant calls are found in the error itself, among its causes and in AggregateErrors. */
export function treeOfThrown(thrown: unknown, payload: string): ErrorTree {
  const req = shownRequest(payload);
  const failed = requestTreeOf(thrown);
  if (failed?.req === req) return failed;
  const all = thrownAndCauses(thrown);
  const info = failedCallsIn(all, req);
  const causes = isGridError(thrown) ? [] : all.filter((cause) => requestTreeOf(cause) === undefined).slice(1);
  const details = failed === undefined ? detailsOf(thrown) : undefined;
  return limitTree({
    // of an outcome of streamReentrant the message is its whole tree, which is in `info`
    ...(failed === undefined ? wordsOf(thrown) : { ...wordsOf(thrown), msg: requestFailed(req) }),
    code: isGridError(thrown) && failed === undefined ? thrown.code : "FUNCTION_FAILED",
    req,
    ...(causes.length > 0 && { causes: causes.map(wordsOf) }),
    ...(info && { info }),
    ...(details && { details }),
  });
}

/** The tree of what a job of a sweep threw, which says on which worker (`pool/worker`) that was. */
export function treeOfJob(thrown: unknown, payload: string, worker: string): ErrorTree {
  const tree = treeOfThrown(thrown, payload);
  return { ...tree, details: { ...tree.details, worker } };
}

/**
 * The message, and the user's part of the stack. Where nothing of it is the user's, what the grid itself refused says all in its
 * message; any other error is shown with the whole stack, since it may be the grid's fault.
 */
function wordsOf(thrown: unknown): ErrorCause {
  const msg = messageOf(thrown);
  const whole = readProperty(thrown, "stack");
  if (typeof whole !== "string") return { msg };
  const message = readProperty(thrown, "message");
  const stack = shortStack(whole, typeof message === "string" ? message : "", longestStack);
  const shown = userFrames(stack) ?? (isGridError(thrown) ? undefined : stack);
  return shown === undefined ? { msg } : { msg, stack: shown };
}

/** An error of callReentrant is shown as its parts; a failed request from elsewhere, such as a stream, as itself. */
function failedCallsIn(all: readonly unknown[], req: string): ErrorTree["info"] {
  const trees = all.flatMap((one) => requestTreeOf(one) ?? []);
  if (trees.length === 0) return undefined;
  const failed = trees.flatMap((tree) => (tree.req === req ? Object.values(tree.info ?? {}) : tree));
  return Object.fromEntries(failed.map((tree) => [tree.req, tree]));
}

/** What a GridError says beyond its message, if it can be written down: a tree that cannot would fail everybody who waits. */
function detailsOf(thrown: unknown): Record<string, unknown> | undefined {
  if (!isGridError(thrown)) return undefined;
  try {
    const details = JSON.parse(JSON.stringify(thrown.details)) as Record<string, unknown>;
    return Object.keys(details).length === 0 ? undefined : details;
  } catch {
    return undefined;
  }
}
