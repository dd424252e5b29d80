/**
 * Requests as text: the canonical form that the id is made of, and the payload that travels.
 * For plain data the two are one JSON text with sorted keys, so equal requests reach a function alike, from any caller.
 * A payload that starts with `[` is JSON; one that starts with `{` is SuperJSON.
 */

import { GridError } from "../errors/errors.ts";
import { messageOf } from "../errors/thrown.ts";
import { isIdOf, requestId } from "../text/id.ts";
import { shortText } from "../text/short-text.ts";
import { canonicalTextOf } from "../values/canonical.ts";
import { canonicalText } from "../values/canonical-text.ts";
import { forbiddenKeyIn } from "../values/forbidden-keys.ts";
import { isPlainNumber, quote } from "../values/json-text.ts";
import { defaultPayloadLimitBytes, excessBytes } from "../values/payload-limit.ts";
import { invalidRequest, invalidValue, tooLarge } from "../values/refusals.ts";
import { decodeRich, encodeRich } from "../values/rich-codec.ts";
import { takeSnapshot } from "../values/snapshot.ts";
import { isFunctionName } from "./function-name.ts";
import { describe, requestedName } from "./request-name.ts";

export { defaultPayloadLimitBytes } from "../values/payload-limit.ts";

const longestShown = 80;

/** A request in the forms that the grid works with. */
export interface EncodedRequest {
  /** Which function is asked for. */
  readonly functionName: string;
  /** Equal for equal requests, whatever the order of properties: what the request id is made of. */
  readonly canonical: string;
  /** What travels, and what {@link decodeRequest} reads. */
  readonly payload: string;
}

/**
 * Turns `[functionName, ...args]` into text. The first member is a name, or a reference that `define` returned.
 *
 * @param limitBytes - the most bytes of payload in UTF-8, default 16 MiB.
 * @throws GridError `INVALID_REQUEST` for what is not a list, or has no function name first; `INVALID_VALUE` for an argument that
 *   can't travel, with `details.path` such as `args[0].rows[3]`; `PAYLOAD_TOO_LARGE` beyond the limit, with `details` `path` of
 *   the largest argument, `bytes`, `limitBytes`.
 * @example
 * ```ts
 * encodeRequest(["divide", 1, 2]).payload; // '["divide",1,2]'
 * ```
 */
export function encodeRequest(request: unknown, limitBytes = defaultPayloadLimitBytes): EncodedRequest {
  const { functionName, canonical, payload } = readRequest(request, limitBytes);
  return { functionName, canonical, payload };
}

/** The id of a request, however large it is; throws as {@link encodeRequest} does. */
export function idOfRequest(request: unknown): string {
  return requestId(encodeRequest(request, Number.POSITIVE_INFINITY).canonical);
}

/** A request as it was read, once. */
export interface RequestReading extends EncodedRequest {
  /** The arguments themselves, if all of them are primitive. */
  readonly primitiveArguments: readonly unknown[] | undefined;
}

/** As {@link encodeRequest}, with the arguments that the texts were made of where those need no copying. */
export function readRequest(request: unknown, limitBytes = defaultPayloadLimitBytes): RequestReading {
  try {
    return encodeParts(request, limitBytes);
  } catch (error) {
    if (error instanceof GridError) throw error;
    throw unreadable(error);
  }
}

/** Throws `INVALID_REQUEST` for what is not a list. */
export function assertList(request: unknown): asserts request is readonly unknown[] {
  try {
    if (Array.isArray(request)) return;
  } catch (error) {
    throw unreadable(error);
  }
  throw invalidRequest(`a request is a list [functionName, ...args], got ${describe(request)}`);
}

function unreadable(error: unknown): GridError {
  return invalidRequest(`a request can't be read: ${messageOf(error)}`, error);
}

function encodeParts(request: unknown, limitBytes: number): RequestReading {
  assertList(request);
  const functionName = requestedName(request);
  const args: unknown[] = [];
  let canonical = `["${functionName}"`;
  let isPlain = true;
  const { length } = request;
  for (let index = 1; index < length; index++) {
    const argument: unknown = request[index];
    const text = plainPrimitive(argument);
    if (text !== undefined) {
      args.push(argument);
      canonical += `,${text}`;
    } else {
      const path = `args[${index - 1}]`;
      if (argument === undefined && !Object.hasOwn(request, index))
        throw invalidValue(path, "is left out: pass undefined");
      const snapshot = takeSnapshot(argument, { path, sortsKeys: true, limitBytes });
      args.push(snapshot.value);
      canonical += `,${canonicalTextOf(snapshot, path)}`;
      isPlain &&= snapshot.isPlain;
    }
  }
  canonical += "]";
  flatten(canonical);
  const payload = isPlain ? canonical : encodeRich([functionName, ...args], "args");
  const bytes = excessBytes(payload, limitBytes);
  if (bytes > 0) throw requestTooLarge(args, functionName, { bytes, limitBytes });
  return { functionName, canonical, payload, primitiveArguments: args.every(isPrimitive) ? args : undefined };
}

/**
 * Turns a payload back into the request.
 *
 * @throws GridError `INVALID_REQUEST` for text that {@link encodeRequest} did not write, and for text with a property that could
 *   change prototypes.
 */
export function decodeRequest(payload: string): [string, ...unknown[]] {
  const request = parsePayload(payload);
  if (!Array.isArray(request))
    throw invalidRequest(`a payload must be a list, got ${shortText(payload, longestShown)}`);
  if (!isFunctionName(request[0]))
    throw invalidRequest(`a payload has no function name first: ${shortText(payload, longestShown)}`);
  return request as [string, ...unknown[]];
}

/**
 * Whether this is the payload of the request that has this id. What a worker is given may say so and be another, and a value is kept
 * under the id.
 */
export function isPayloadOf(id: string, payload: string): boolean {
  try {
    functionNameOf(payload);
    if (payload.startsWith(nameStart)) return isIdOf(id, payload);
    return isIdOf(id, encodeRequest(decodeRequest(payload), Number.POSITIVE_INFINITY).canonical);
  } catch {
    return false;
  }
}

const nameStart = '["';
const richNameStart = '{"json":["';

/** The function that a payload asks for, without reading its arguments. Throws `INVALID_REQUEST` for what is not a payload. */
export function functionNameOf(payload: string): string {
  const name = functionNameIn(payload);
  if (isFunctionName(name)) return name;
  throw invalidRequest(`a payload has no function name first: ${shortText(payload, longestShown)}`);
}

/** As {@link functionNameOf}, for a payload that is not to be checked: empty for what has no name first. */
export function functionNameIn(payload: string): string {
  const isPlain = payload.startsWith(nameStart);
  if (!isPlain && !payload.startsWith(richNameStart)) return "";
  const start = isPlain ? nameStart.length : richNameStart.length;
  const end = payload.indexOf('"', start);
  return end === -1 ? "" : payload.slice(start, end);
}

/**
 * Has V8 make one text of the pieces that a string was put together from. It would keep all of them alive with the string
 * as a key, and hash them piece by piece.
 */
function flatten(text: string): void {
  text.charCodeAt(0);
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

/** The text of most arguments; undefined for those that have to be walked. */
function plainPrimitive(value: unknown): string | undefined {
  if (typeof value === "number") return isPlainNumber(value) ? `${value}` : undefined;
  if (typeof value === "string") return quote(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  return value === null ? "null" : undefined;
}

function parsePayload(payload: string): unknown {
  try {
    if (payload.startsWith("{")) return decodeRich(payload);
    const request: unknown = JSON.parse(payload);
    const forbidden = forbiddenKeyIn(payload, request);
    if (forbidden !== undefined) throw new Error(`a property is named "${forbidden}"`);
    return request;
  } catch (cause) {
    throw invalidRequest(`a payload could not be read: ${messageOf(cause)}`, cause);
  }
}

function requestTooLarge(
  args: readonly unknown[],
  functionName: string,
  size: { readonly bytes: number; readonly limitBytes: number },
): GridError {
  let path = "args";
  let largest = 0;
  for (const [index, argument] of args.entries()) {
    const { length } = canonicalText(argument);
    if (length > largest) {
      largest = length;
      path = `args[${index}]`;
    }
  }
  return tooLarge(`the request ["${functionName}", …]`, { path, ...size, isAtLeast: false });
}
