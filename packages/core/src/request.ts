/**
 * Requests as text: the canonical form that the id is made of, and the payload that travels.
 * For plain data the two are one JSON text with sorted keys, so equal requests reach a function alike, whoever asked first.
 * A payload that starts with `[` is JSON; one that starts with `{` is SuperJSON.
 */
import { canonicalForm } from "./canonical.ts";
import { GridError } from "./errors.ts";
import { forbiddenKeyIn } from "./forbidden-keys.ts";
import { isFunctionName } from "./function-name.ts";
import { isPlainNumber, quote } from "./json-text.ts";
import { defaultPayloadLimitBytes, excessBytes } from "./payload-limit.ts";
import { tooLarge } from "./refusals.ts";
import { decodeRich, encodeRich } from "./rich-codec.ts";
import { shortText } from "./short-text.ts";

export { defaultPayloadLimitBytes } from "./payload-limit.ts";

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
 * @throws GridError `INVALID_REQUEST` for what is no list, or has no function name first; `INVALID_VALUE` for an argument that
 *   can't travel, with `details.path` such as `args[0].rows[3]`; `PAYLOAD_TOO_LARGE` beyond the limit, with `details` `path` of
 *   the largest argument, `bytes`, `limitBytes`.
 * @example
 * ```ts
 * encodeRequest(["divide", 1, 2]).payload; // '["divide",1,2]'
 * ```
 */
export function encodeRequest(request: unknown, limitBytes = defaultPayloadLimitBytes): EncodedRequest {
  if (!Array.isArray(request))
    throw invalidRequest(`a request is a list [functionName, ...args], got ${describe(request)}`);
  const functionName = targetName(request);
  let canonical = `["${functionName}"`;
  let isPlain = true;
  for (let index = 1; index < request.length; index++) {
    const argument: unknown = request[index];
    const text = plainPrimitive(argument);
    if (text !== undefined) {
      canonical += `,${text}`;
    } else {
      const form = canonicalForm(argument, `args[${index - 1}]`, limitBytes);
      canonical += `,${form.text}`;
      isPlain &&= form.isPlain;
    }
  }
  canonical += "]";
  flatten(canonical);
  const payload = isPlain ? canonical : richPayload(functionName, request);
  const bytes = excessBytes(payload, limitBytes);
  if (bytes > 0) throw requestTooLarge(request, functionName, { bytes, limitBytes });
  return { functionName, canonical, payload };
}

/**
 * Turns a payload back into the request.
 *
 * @throws GridError `INVALID_REQUEST` for text that {@link encodeRequest} did not write, and for text with a property that could
 *   change prototypes.
 */
export function decodeRequest(payload: string): [string, ...unknown[]] {
  const request = parsePayload(payload);
  if (!Array.isArray(request)) throw invalidRequest(`a payload is no list: ${shortText(payload, longestShown)}`);
  if (!isFunctionName(request[0]))
    throw invalidRequest(`a payload has no function name first: ${shortText(payload, longestShown)}`);
  return request as [string, ...unknown[]];
}

const nameStart = '["';
const richNameStart = '{"json":["';

/** The function that a payload asks for, without reading its arguments. Throws `INVALID_REQUEST` for what is no payload. */
export function functionNameOf(payload: string): string {
  const start = payload.startsWith(nameStart) ? nameStart.length : richNameStart.length;
  if (start === nameStart.length || payload.startsWith(richNameStart)) {
    const name = payload.slice(start, payload.indexOf('"', start));
    if (isFunctionName(name)) return name;
  }
  throw invalidRequest(`a payload has no function name first: ${shortText(payload, longestShown)}`);
}

/**
 * Has V8 make one text of the pieces that a string was put together from. It would keep all of them for whoever keeps the string
 * as a key, and hash them piece by piece.
 */
function flatten(text: string): void {
  text.charCodeAt(0);
}

/** The text of most arguments; undefined for those that have to be walked. */
function plainPrimitive(value: unknown): string | undefined {
  if (typeof value === "number") return isPlainNumber(value) ? `${value}` : undefined;
  if (typeof value === "string") return quote(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  return value === null ? "null" : undefined;
}

/** The name that was asked for last: calls mostly come in rows of one function. NaN at first, which equals nothing. */
let lastName: unknown = Number.NaN;

function targetName(request: readonly unknown[]): string {
  const target: unknown = request[0];
  const name = typeof target === "function" && Object.hasOwn(target, "functionName") ? referenceName(target) : target;
  if (name === lastName) return name as string;
  if (isFunctionName(name)) {
    lastName = name;
    return name;
  }
  if (request.length === 0) throw invalidRequest("a request needs a function name: [functionName, ...args], got []");
  if (typeof target === "function") {
    const named = target.name === "" ? "a function without a name" : `the function ${target.name}`;
    throw invalidRequest(`${named} is not known on the grid: pass what define(name, …) returns`);
  }
  throw invalidRequest(
    `a request starts with a function name (a letter or _, then up to 127 letters, digits and _ . : / -), got ${describe(name)}`,
  );
}

function referenceName(reference: object): unknown {
  return (reference as { readonly functionName?: unknown }).functionName;
}

function richPayload(functionName: string, request: readonly unknown[]): string {
  return encodeRich([functionName, ...request.slice(1)], { path: "args", sortsKeys: true });
}

function parsePayload(payload: string): unknown {
  try {
    if (payload.startsWith("{")) return decodeRich(payload);
    const request: unknown = JSON.parse(payload);
    const forbidden = forbiddenKeyIn(payload, request);
    if (forbidden !== undefined) throw new Error(`a property is named "${forbidden}"`);
    return request;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalidRequest(`a payload could not be read: ${reason}`, cause);
  }
}

function requestTooLarge(
  request: readonly unknown[],
  functionName: string,
  size: { readonly bytes: number; readonly limitBytes: number },
): GridError {
  let path = "args";
  let largest = 0;
  for (const [index, argument] of request.slice(1).entries()) {
    const { length } = canonicalForm(argument, "args", Number.POSITIVE_INFINITY).text;
    if (length > largest) {
      largest = length;
      path = `args[${index}]`;
    }
  }
  return tooLarge(`the request ["${functionName}", …]`, { path, ...size, isAtLeast: false });
}

function invalidRequest(message: string, cause?: unknown): GridError {
  return new GridError("INVALID_REQUEST", message, { cause });
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shortText(value, longestShown));
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  return typeof value === "object" && value !== null ? "an object" : `${typeof value} ${String(value)}`;
}
