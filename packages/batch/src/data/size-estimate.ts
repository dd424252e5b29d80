/**
 * About how large values are as text. Chunks are kept small in bytes as well as in time: a request may have 16 MiB, and the
 * memory of a client that has some of them open is bounded by that.
 */

/** How many bytes the slices of a chunk, or its values, should have at most. */
export const chunkLimitBytes = 262_144;

const sampled = 50;
const perPart = 8;

/** Of one value. Counts no further than the limit of a chunk. What cannot be read is small here: the codec refuses it, with its path. */
export function roughBytes(value: unknown): number {
  try {
    return countBytes(value);
  } catch {
    return perPart;
  }
}

/** Without recursion, since a cycle has no end, and data may be deep. */
function countBytes(value: unknown): number {
  const open = [value];
  let bytes = 0;
  while (open.length > 0 && bytes <= chunkLimitBytes) {
    const next = open.pop();
    bytes += ownBytes(next);
    for (const part of partsOf(next)) {
      open.push(part);
      bytes += perPart;
      if (bytes > chunkLimitBytes) return bytes;
    }
  }
  return bytes;
}

function ownBytes(value: unknown): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return perPart;
  return ArrayBuffer.isView(value) ? value.byteLength * 4 : 2;
}

function partsOf(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Array.isArray(value) ? value : Object.values(value);
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
