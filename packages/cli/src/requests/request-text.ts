/** Requests as people type them: JSON, or for text that is not JSON a message that points at the place. */
import { encodeRequest, GridError, requestId, shortText } from "@callgrid/core";
import { visibleLine } from "../terminal/visible-text.ts";
import { readJson } from "./json-text.ts";

/** A request by the name of its function, as text can only have it. */
export type NamedRequest = readonly [functionName: string, ...args: unknown[]];

const shownBefore = 30;
const shownAfter = 30;
const shownCharacters = 80;
const idPattern = /^[~\w-][\w-]{21}$/;

/**
 * Reads a request.
 *
 * @param where - what the message calls the text, such as "line 3".
 * @throws GridError `INVALID_REQUEST` for text that is not JSON or no request, with `details.index` in the first case.
 */
export function parseRequest(text: string, where: string): NamedRequest {
  const request = parseJson(text, where) as NamedRequest;
  try {
    encodeRequest(request);
  } catch (error) {
    if (!(error instanceof GridError)) throw error;
    throw new GridError(error.code, `${where}: ${error.message}`, { details: { ...error.details }, cause: error });
  }
  return request;
}

/** A request that an operator asks about. */
export interface MeantRequest {
  readonly id: string;
  /** Unknown where only the id was given. */
  readonly functionName: string | undefined;
}

/** The request that is meant by JSON, or by an id. Throws `INVALID_REQUEST` for anything else. */
export function parseRequestOrId(text: string): MeantRequest {
  if (idPattern.test(text)) return { id: text, functionName: undefined };
  if (text.trimStart().startsWith("[")) {
    const { canonical, functionName } = encodeRequest(parseRequest(text, "the request"));
    return { id: requestId(canonical), functionName };
  }
  throw new GridError(
    "INVALID_REQUEST",
    `${JSON.stringify(shortText(text, shownCharacters))} is neither a request like '["ratio",7]' nor the id of one (22 characters)`,
  );
}

/** Reads JSON; throws `INVALID_REQUEST` that points at the place where it stops being JSON, or has a number that would change. */
export function parseJson(text: string, where: string): unknown {
  const { value, fault } = readJson(text);
  if (fault === undefined) return value;
  const { index, problem, remedy, cause } = fault;
  const lineStart = text.lastIndexOf("\n", index - 1) + 1;
  const place = text.includes("\n") ? `${where} line ${text.slice(0, lineStart).split("\n").length}` : where;
  const hint = remedy === undefined ? quotingHint(text, index) : `\n  ${remedy}`;
  const message = `${place} ${problem} at character ${index - lineStart + 1}\n${pointAt(text, index)}${hint}`;
  throw new GridError("INVALID_REQUEST", message, { details: { index }, cause });
}

/** The text around the place, and under it a mark. */
function pointAt(text: string, index: number): string {
  const start = Math.max(0, index - shownBefore);
  const before = `${start > 0 ? "…" : ""}${visible(text.slice(start, index))}`;
  const after = visible(text.slice(index, index + shownAfter));
  const more = text.length > index + shownAfter ? "…" : "";
  return `  ${before}${after}${more}\n  ${" ".repeat(before.length)}^`;
}

function visible(text: string): string {
  return visibleLine(text.replace(/\s/g, " "));
}

/** What a shell leaves of `["ratio",7]` without quotes around it. */
function quotingHint(text: string, index: number): string {
  const isUnquotedName = /^\[\s*$/.test(text.slice(0, index)) && /^[A-Za-z_']/.test(text.slice(index));
  const isNameAlone = /^[A-Za-z_][\w.:/-]*$/.test(text);
  return isUnquotedName || isNameAlone
    ? "\n  a request is a list, its function's name in double quotes, and a shell wants single ones around it all: '[\"ratio\",7]'"
    : "";
}
