/** The bytes of a typed array as text, read once: others may write to shared memory meanwhile. */
import { hasExtraPropertiesOnBytes } from "./extra-properties.ts";
import { typedArrayClasses } from "./value-kinds.ts";

/** Stands for a typed array in what a snapshot has read. Members of more than one byte are little-endian, as on every platform that Node runs on. */
export class BytesText {
  /** `Buffer` for one, although it is a kind of Uint8Array: a function can distinguish the two. */
  readonly className: string;
  readonly base64: string;

  constructor(array: NodeJS.TypedArray, className: string) {
    // throws where the memory of a view is gone or has shrunk: its bytes would be none
    Uint8Array.prototype.keys.call(array as Uint8Array);
    this.className = className;
    this.base64 = Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
  }
}

/** Whether a typed array has properties besides its members. */
export function hasMoreThanBytes(array: NodeJS.TypedArray, className: string): boolean {
  const { buffer, byteOffset, length } = array;
  const TypedArray = typedArrayClasses.get(className) ?? Uint8Array;
  const isBuffer = className === "Buffer";
  const bare = isBuffer ? Buffer.from(buffer, byteOffset, length) : new TypedArray(buffer, byteOffset, length);
  return hasExtraPropertiesOnBytes(array, bare);
}

/** The typed array of a class and of bytes in base64. Throws for an unknown class. */
export function bytesOfText(className: string, base64: string): NodeJS.TypedArray {
  const TypedArray = className === "Buffer" ? Uint8Array : typedArrayClasses.get(className);
  if (TypedArray === undefined) throw new Error("the class of a typed array is unknown");
  // a copy: a small Buffer is a view into a shared pool, at an offset that longer members may not start at
  const { buffer } = new Uint8Array(Buffer.from(base64, "base64"));
  return className === "Buffer" ? Buffer.from(buffer) : new TypedArray(buffer);
}
