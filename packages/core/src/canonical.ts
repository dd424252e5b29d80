/**
 * The canonical form: one text for all values that a function can't tell apart, save by the order of properties.
 * For plain data it is JSON with sorted keys. Other values are tags that can't occur in JSON: `Map([["a",Date(0)]])`.
 * Maps and Sets keep their insertion order, because a function can see it.
 */
import { defaultPayloadLimitBytes } from "./payload-limit.ts";
import { ValueWriter } from "./value-writer.ts";

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
 *   class, more than 1000 levels, a key that could change prototypes.
 * @throws GridError `PAYLOAD_TOO_LARGE` beyond `limitBytes`.
 * @example
 * ```ts
 * canonicalForm({ b: 1, a: [2] }, "args[0]"); // { text: '{"a":[2],"b":1}', isPlain: true }
 * ```
 */
export function canonicalForm(value: unknown, path: string, limitBytes = defaultPayloadLimitBytes): CanonicalForm {
  const writer = new ValueWriter({ path, sortsKeys: true, limitBytes });
  const text = writer.write(value);
  return { text, isPlain: writer.isPlain };
}

/** The text alone of {@link canonicalForm}, with the same refusals. */
export function canonicalize(value: unknown, path: string): string {
  return canonicalForm(value, path).text;
}
