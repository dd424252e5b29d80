/** Values as fields of JSON: what documents for people and for other programs hold, and what can be read back. */
import { decodeValue, encodeValue } from "./codec.ts";

/** A value in JSON; where JSON alone would lose what it was, `meta` says that in SuperJSON's words. */
export interface ValueFields {
  readonly value: unknown;
  readonly meta?: unknown;
}

const plainMark = "=";
const richMark = "~";

/**
 * The fields of a value.
 *
 * @param path - what refusals call the value.
 * @param limitBytes - the most bytes of text; default: any.
 * @throws GridError `INVALID_VALUE` for what can't travel, `PAYLOAD_TOO_LARGE` beyond the limit.
 * @example
 * ```ts
 * valueFields(new Set([1])); // { value: [1], meta: { values: ["set"], … } }
 * ```
 */
export function valueFields(value: unknown, path = "value", limitBytes = Number.POSITIVE_INFINITY): ValueFields {
  const text = encodeValue(value, path, limitBytes);
  if (text === plainMark) return { value: null, meta: { values: ["undefined"] } };
  if (text.startsWith(plainMark)) return { value };
  const { json, meta } = JSON.parse(text.slice(1)) as { json: unknown; meta: unknown };
  return { value: json, meta };
}

/** The value of such fields; throws `INVALID_RESULT_TEXT` for fields that {@link valueFields} did not return. */
export function valueOfFields({ value, meta }: ValueFields): unknown {
  if (meta === undefined) return decodeValue(plainMark + JSON.stringify(value));
  return decodeValue(richMark + JSON.stringify({ json: value, meta }));
}
