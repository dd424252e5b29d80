/**
 * The text form of single values, as results travel and are stored.
 * The first character is the form: `=` then JSON for plain data (`=` alone is undefined), `~` then SuperJSON for the rest.
 */
import { GridError } from "../errors/errors.ts";
import { messageOf } from "../errors/thrown.ts";
import { forbiddenKeyIn } from "./forbidden-keys.ts";
import { defaultPayloadLimitBytes, excessBytes } from "./payload-limit.ts";
import { tooLarge } from "./refusals.ts";
import { decodeRich, encodeRich } from "./rich-codec.ts";
import { takeSnapshot } from "./snapshot.ts";

const plainMark = 61;
const richMark = 126;

/**
 * Turns a value into text. Properties keep their order. What is shared within the value arrives as copies, a property
 * with a getter as what it gave, an object without a prototype as a plain one, an error without its stack.
 *
 * @param path - what refusals call the value, default "result".
 * @param limitBytes - the most bytes of text in UTF-8, default 16 MiB.
 * @throws GridError `INVALID_VALUE` for what can't travel, as {@link canonicalForm} does; `PAYLOAD_TOO_LARGE` beyond the limit.
 * @example
 * ```ts
 * encodeValue({ b: 1, a: [] }); // '={"b":1,"a":[]}'
 * ```
 */
export function encodeValue(value: unknown, path = "result", limitBytes = defaultPayloadLimitBytes): string {
  if (value === undefined) return "=";
  const snapshot = takeSnapshot(value, { path, sortsKeys: false, limitBytes });
  const text = snapshot.isPlain ? `=${JSON.stringify(snapshot.value)}` : `~${encodeRich(snapshot.value, path)}`;
  const bytes = excessBytes(text, limitBytes);
  if (bytes > 0) throw tooLarge(path, { path, bytes, limitBytes, isAtLeast: false });
  return text;
}

/**
 * Turns text of {@link encodeValue} back into the value.
 *
 * @throws GridError `INVALID_RESULT_TEXT` for other text, and for text with a property that could change prototypes.
 */
export function decodeValue(text: string): unknown {
  try {
    switch (text.charCodeAt(0)) {
      case plainMark:
        return text.length === 1 ? undefined : decodePlain(text.slice(1));
      case richMark:
        return decodeRich(text.slice(1));
      default:
        throw new Error('it starts with neither "=" nor "~"');
    }
  } catch (cause) {
    throw new GridError("INVALID_RESULT_TEXT", `a result could not be read: ${messageOf(cause)}`, { cause });
  }
}

function decodePlain(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const forbidden = forbiddenKeyIn(text, value);
  if (forbidden !== undefined) throw new Error(`a property is named "${forbidden}"`);
  return value;
}
