/**
 * The text of values that JSON can't carry: SuperJSON, in an instance of our own, so that nothing another package registers
 * on the default one changes what travels here. Relies on values having been walked, and refused, by a ValueWriter before.
 */
import { SuperJSON, type SuperJSONResult, type SuperJSONValue } from "superjson";
import { forbiddenKeyIn } from "./forbidden-keys.ts";
import { portableCopy, portableError } from "./portable-copy.ts";
import { invalidValue } from "./refusals.ts";
import { typedArrayClasses } from "./value-kinds.ts";

/** How a value becomes rich text. */
export interface RichOptions {
  /** What a refusal calls the value. */
  readonly path: string;
  /** Whether properties are written in the order of their names. */
  readonly sortsKeys: boolean;
}

interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly cause?: SuperJSONValue;
}

const codec = makeCodec();

/** SuperJSON text, which starts with `{"json":`. */
export function encodeRich(value: unknown, options: RichOptions): string {
  try {
    const { json, meta } = codec.serialize(portableCopy(value, options.sortsKeys) as SuperJSONValue);
    // Equal bigints count as shared references for SuperJSON; restoring them is work for nothing.
    return JSON.stringify({ json, meta: { values: meta?.values, v: meta?.v } });
  } catch (cause) {
    // SuperJSON recurses several calls a level, most of all in Maps.
    if (cause instanceof RangeError) throw invalidValue(options.path, "nests too deeply: flatten it", cause);
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
  instance.registerCustom<NodeJS.TypedArray, string>(
    {
      isApplicable: (value): value is NodeJS.TypedArray => ArrayBuffer.isView(value),
      serialize: writeTypedArray,
      deserialize: readTypedArray,
    },
    "bytes",
  );
  // SuperJSON's own rule leaves a `cause: undefined` where there was none, and no stack.
  instance.registerCustom<Error, never>(
    {
      isApplicable: (value): value is Error => value instanceof Error,
      serialize: writeError as (error: Error) => never,
      deserialize: (parts: ErrorParts) => portableError(String(parts.name), String(parts.message), parts.cause),
    },
    "error",
  );
  return instance;
}

function writeError({ name, message, cause }: Error): ErrorParts {
  return cause === undefined ? { name, message } : { name, message, cause: cause as SuperJSONValue };
}

/** Name and bytes, `Uint8Array:AAEC`. Members of more than one byte are little-endian, as on every platform that Node runs on. */
function writeTypedArray(array: NodeJS.TypedArray): string {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  return `${array[Symbol.toStringTag]}:${bytes.toString("base64")}`;
}

function readTypedArray(text: string): NodeJS.TypedArray {
  const end = text.indexOf(":");
  const typedArray = typedArrayClasses.get(text.slice(0, end));
  if (typedArray === undefined) throw new Error("the class of a typed array is unknown");
  const bytes = Buffer.from(text.slice(end + 1), "base64");
  // A copy: a small Buffer is a view into a shared pool, at an offset that longer members may not start at.
  return new typedArray(new Uint8Array(bytes).buffer);
}
