/**
 * The canonical form: one text for all values that a function cannot distinguish, except by the order of properties.
 * For plain data it is JSON with sorted keys. Other values are tags that can't occur in JSON: `Map([["a",Date(0)]])`.
 * Maps and Sets keep their insertion order, because a function can see it.
 */
import { canonicalText } from "./canonical-text.ts";
import { defaultPayloadLimitBytes } from "./payload-limit.ts";
import { invalidValue, tooLarge } from "./refusals.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";

/** The canonical text of a value, and whether the value is plain data, so that the text is JSON. */
export interface CanonicalForm {
  readonly text: string;
  readonly isPlain: boolean;
}

/**
 * The canonical form of a value.
 *
 * @param path - what refusals call the value, such as `args[0]`.
 * @param limitBytes - the most characters of text, default 16 MiB.
 * @throws GridError `INVALID_VALUE` for what can't travel, with `details.path`: a function, a symbol, a cycle, an instance of a
 *   class, more than 1000 levels, a hole in an array, a property that its kind does not carry, a key that could change prototypes.
 * @throws GridError `PAYLOAD_TOO_LARGE` beyond `limitBytes`.
 * @example
 * ```ts
 * canonicalForm({ b: 1, a: [2] }, "args[0]"); // { text: '{"a":[2],"b":1}', isPlain: true }
 * ```
 */
export function canonicalForm(value: unknown, path: string, limitBytes = defaultPayloadLimitBytes): CanonicalForm {
  const snapshot = takeSnapshot(value, { path, sortsKeys: true, limitBytes });
  const text = canonicalTextOf(snapshot, path);
  if (text.length > limitBytes) throw tooLarge(path, { path, bytes: text.length, limitBytes, isAtLeast: false });
  return { text, isPlain: snapshot.isPlain };
}

/** The text alone of {@link canonicalForm}, with the same refusals. */
export function canonicalize(value: unknown, path: string): string {
  return canonicalForm(value, path).text;
}

/** The canonical text of what was read of a value. */
export function canonicalTextOf({ value, isPlain }: Snapshot, path: string): string {
  try {
    return isPlain ? JSON.stringify(value) : canonicalText(value);
  } catch (cause) {
    // called near the end of the stack, 1000 levels may be too many
    throw invalidValue(path, "nests too deeply: flatten it", cause);
  }
}
