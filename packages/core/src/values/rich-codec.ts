/**
 * The text of values that JSON can't carry: SuperJSON, in an instance of our own, so that nothing another package registers
 * on the default one changes what travels here. Relies on values being the copy of a snapshot: a tree, of this realm's own objects.
 */
import { SuperJSON, type SuperJSONResult, type SuperJSONValue } from "superjson";
import { BytesText, bytesOfText } from "./bytes-text.ts";
import { forbiddenKeyIn } from "./forbidden-keys.ts";
import { type ErrorParts, errorParts, portableError } from "./portable-error.ts";
import { invalidValue } from "./refusals.ts";

const codec = makeCodec();

/**
 * SuperJSON text, which starts with `{"json":`.
 *
 * @param path - what a refusal calls the value.
 */
export function encodeRich(value: unknown, path: string): string {
  try {
    const { json, meta } = codec.serialize(value as SuperJSONValue);
    // Equal bigints count as shared references for SuperJSON; restoring them is work for nothing.
    return JSON.stringify({ json, meta: { values: meta?.values, v: meta?.v } });
  } catch (cause) {
    // SuperJSON recurses several calls a level, most of all in Maps.
    if (cause instanceof RangeError) throw invalidValue(path, "nests too deeply: flatten it", cause);
    throw cause;
  }
}

/** The value of SuperJSON text. Throws errors of any kind for text that {@link encodeRich} did not write. */
export function decodeRich(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  const forbidden = forbiddenKeyIn(text, parsed);
  if (forbidden !== undefined) throw new Error(`a property is named "${forbidden}"`);
  if (!isRichForm(parsed)) throw new Error('neither "json" nor "meta" may be missing');
  return codec.deserialize({ json: parsed.json, meta: parsed.meta }, { inPlace: true });
}

function isRichForm(parsed: unknown): parsed is Required<Pick<SuperJSONResult, "json" | "meta">> {
  if (typeof parsed !== "object" || parsed === null || !("json" in parsed) || !("meta" in parsed)) return false;
  // Shared references are never written, and restoring forged ones could build a cycle.
  return typeof parsed.meta === "object" && parsed.meta !== null && !("referentialEqualities" in parsed.meta);
}

function makeCodec(): SuperJSON {
  const instance = new SuperJSON();
  instance.registerCustom<BytesText, string>(
    {
      isApplicable: (value): value is BytesText => value instanceof BytesText,
      serialize: (bytes) => `${bytes.className}:${bytes.base64}`,
      deserialize: readTypedArray as (text: string) => never,
    },
    "bytes",
  );
  // SuperJSON's own rule knows neither the class of an error nor its properties.
  instance.registerCustom<Error, never>(
    {
      isApplicable: (value): value is Error => value instanceof Error,
      serialize: errorParts as (error: Error) => never,
      deserialize: (parts: ErrorParts) => portableError(parts),
    },
    "error",
  );
  return instance;
}

/** Of class and bytes, `Uint8Array:AAEC`. */
function readTypedArray(text: string): NodeJS.TypedArray {
  const end = text.indexOf(":");
  return bytesOfText(text.slice(0, end), text.slice(end + 1));
}
