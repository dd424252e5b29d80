/**
 * Errors: one base class with a stable code, and the tree that a failed request travels as.
 * Every code is listed, with its likely cause and remedy, in docs/errors.md; a test holds that page to this file.
 */

import { shortText } from "../text/short-text.ts";
import { withoutSecrets } from "./log-redaction.ts";
import { readProperty } from "./thrown.ts";

/** Every code a {@link GridError} can carry. Codes are stable: scripts and callers may branch on them. @public */
export const errorCodes = [
  "CANCELLED",
  "CONNECTION_FAILED",
  "CYCLIC_REQUEST",
  "FILE_CHANGED",
  "FILE_NOT_ALLOWED",
  "FILE_UNWRITABLE",
  "FUNCTION_FAILED",
  "FUNCTION_REDEFINED",
  "GRID_CLOSED",
  "INCOMPATIBLE_VERSION",
  "INVALID_INPUT",
  "INVALID_MODULE",
  "INVALID_OPTION",
  "INVALID_OUTPUT",
  "INVALID_REQUEST",
  "INVALID_RESULT_TEXT",
  "INVALID_VALUE",
  "NOT_IN_A_REQUEST",
  "PAYLOAD_TOO_LARGE",
  "POOL_FULL",
  "REDIS_TOO_OLD",
  "STATEKEEPER_REFUSED",
  "TIMEOUT",
  "UNKNOWN_FUNCTION",
  "WORKER_LOST",
  "WORKER_UNAVAILABLE",
] as const;

/** One of {@link errorCodes}. @public */
export type ErrorCode = (typeof errorCodes)[number];

/** An error that led to another one: along `cause`, or one of an AggregateError's. */
export interface ErrorCause {
  readonly msg: string;
  readonly stack?: string;
}

/**
 * The report on a failed request: a tree along the calls that failed.
 * `info` maps each failed re-entrant request (as JSON text) to its own error, to any depth.
 * Texts of more than 10,000 characters are cut short, and so is a tree of more than about a megabyte.
 *
 * @public
 */
export interface ErrorTree {
  /** What went wrong at this request. */
  readonly msg: string;
  /** Why, in a word a program can branch on: `FUNCTION_FAILED` when the function itself threw. */
  readonly code: ErrorCode;
  /** The stack of the thrown error on the worker, without the grid's own frames; absent where nothing of the user's was thrown. */
  readonly stack?: string;
  /** The causes of the thrown error, the nearest first. What failed requests report themselves is in `info`. */
  readonly causes?: readonly ErrorCause[];
  /** The request that failed, as JSON text; of one of more than 10,000 characters the beginning, its length and a hash. */
  readonly req: string;
  /** The failed re-entrant requests that made this one fail. */
  readonly info?: Readonly<Record<string, ErrorTree>>;
  /** More facts, by code: exit code and last lines of a lost worker, the path of a cycle, and so on. */
  readonly details?: Readonly<Record<string, unknown>>;
}

const brand = Symbol.for("callgrid.error");

/**
 * The base of every error that callgrid throws; its message holds no login of a URL. Recognise it with {@link isGridError}, also across duplicate installs.
 *
 * @public
 */
export class GridError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, extra: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(withoutSecrets(message), extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = "GridError";
    this.code = code;
    this.details = extra.details ?? {};
  }
}

/** Whether `error` is a {@link GridError}, and if `code` is given, of that code. @public */
export function isGridError(error: unknown, code?: ErrorCode): error is GridError {
  if (readProperty(error, brand) !== true) return false;
  const found = readProperty(error, "code");
  return code === undefined ? typeof found === "string" : found === code;
}

/** The tree of a failed request that was thrown, also by another copy of callgrid; undefined for anything else. */
export function requestTreeOf(thrown: unknown): ErrorTree | undefined {
  const tree = isGridError(thrown) ? readProperty(thrown, "tree") : undefined;
  return typeof readProperty(tree, "req") === "string" ? (tree as ErrorTree) : undefined;
}

/** A request that failed. `msg`, `req` and `info` are those of {@link ErrorTree}; the message shows the whole tree. @public */
export class RequestError extends GridError {
  /** The tree as it travelled. */
  readonly tree: ErrorTree;

  constructor(tree: ErrorTree) {
    super(tree.code, renderErrorTree(tree), { details: { ...tree.details } });
    this.name = "RequestError";
    this.tree = tree;
  }

  /** What went wrong at the request itself. */
  get msg(): string {
    return this.tree.msg;
  }

  /** The request that failed, as JSON text. */
  get req(): string {
    return this.tree.req;
  }

  /** The failed re-entrant requests by request text. */
  get info(): Readonly<Record<string, ErrorTree>> {
    return this.tree.info ?? {};
  }
}

const headline = "Error from request ";
const shownRequestCharacters = 200;

/** Renders a tree for people: the request first, then, indented, each failed re-entrant request with its reason. @public */
export function renderErrorTree(tree: ErrorTree): string {
  if (typeof readProperty(tree, "msg") !== "string" || typeof readProperty(tree, "req") !== "string")
    throw new GridError("INVALID_VALUE", "expected the tree of a RequestError");
  const lines = [isHeadline(tree) ? tree.msg : `${requestFailed(tree.req)}: ${tree.msg}`, ...causeLines(tree, 1)];
  const rest: Array<{ tree: ErrorTree; depth: number }> = [];
  const pushParts = (parent: ErrorTree, depth: number): void => {
    for (const part of Object.values(parent.info ?? {}).reverse()) rest.push({ tree: part, depth });
  };
  pushParts(tree, 1);
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const reason = isHeadline(next.tree) ? "" : `: ${next.tree.msg}`;
    lines.push(`${"  ".repeat(next.depth)}${shortText(next.tree.req, shownRequestCharacters)}${reason}`);
    lines.push(...causeLines(next.tree, next.depth + 1));
    pushParts(next.tree, next.depth + 1);
  }
  return lines.join("\n");
}

function causeLines({ causes = [] }: ErrorTree, depth: number): string[] {
  return causes.map(({ msg }) => `${"  ".repeat(depth)}caused by: ${msg}`);
}

/** The message of a request that failed for no other reason than that requests of its own did: those have the reason. */
export function requestFailed(req: string): string {
  return `${headline}${shortText(req, shownRequestCharacters)}`;
}

function isHeadline({ msg, info }: ErrorTree): boolean {
  return info !== undefined && Object.keys(info).length > 0 && msg.startsWith(headline);
}
