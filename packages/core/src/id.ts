/** Ids: 22 characters of base64url each, whether they are a hash of a request or random. */
import { hash, randomFillSync } from "node:crypto";

const idCharacters = 22;

/**
 * The id of a request: the first 22 characters (132 bits) of the SHA-256 of its canonical text as base64url.
 * Requests are equal exactly if their ids are, collisions aside, of which there will be none: 2^66 requests for an even chance.
 *
 * @param canonical - the canonical text of {@link encodeRequest}.
 */
export function requestId(canonical: string): string {
  return hash("sha256", canonical, "base64url").slice(0, idCharacters);
}

const randomBytes = 16;
const pool = Buffer.alloc(256 * randomBytes);
let poolOffset = pool.length;

/** A random id of 128 bits, for processes, inboxes and batches; in the same form as a request's. */
export function randomId(): string {
  // One call of the generator costs as much as hundreds of ids, so bytes are drawn in advance.
  if (poolOffset === pool.length) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  const start = poolOffset;
  poolOffset += randomBytes;
  return pool.toString("base64url", start, poolOffset);
}
