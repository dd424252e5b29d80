/**
 * About how large values are as text. Chunks are kept small in bytes as well as in time: a request may have 16 MiB, and the
 * memory of a client that has some of them open is bounded by that.
 */

/** How many bytes the slices of a chunk, or its values, should have at most. */
export const chunkLimitBytes = 262_144;

const sampled = 50;
const perPart = 8;

/** Of one value. Counts no further than the limit of a chunk. */
export function roughBytes(value: unknown): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return perPart;
  if (ArrayBuffer.isView(value)) return value.byteLength * 4;
  let bytes = 2;
  for (const part of Array.isArray(value) ? value : Object.values(value)) {
    bytes += roughBytes(part) + perPart;
    if (bytes > chunkLimitBytes) return bytes;
  }
  return bytes;
}

/** Of a list of values, by a sample of them. */
export function roughBytesOfAll(values: readonly unknown[]): number {
  const step = Math.max(1, Math.floor(values.length / sampled));
  let bytes = 0;
  let count = 0;
  for (let place = 0; place < values.length; place += step) {
    bytes += roughBytes(values[place]);
    count += 1;
  }
  return count === 0 ? 0 : (bytes / count) * values.length;
}
