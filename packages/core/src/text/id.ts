/** Ids: 22 characters each, whether they are a hash of a request, or of that and a nonce, or random. */
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

const ownMark = "~";
const addressMark = "@";
const nonceCharacters = 7;

/**
 * The id of a request that no other caller may join, in as many characters: a mark that no hash has, a nonce, and the hash of both the nonce
 * and the request. So it shows which request it is of, as {@link requestId} does.
 *
 * @param nonce - at least seven random characters.
 */
export function ownId(canonical: string, nonce: string): string {
  return saltedId(canonical, ownMark + nonce.slice(0, nonceCharacters));
}

/**
 * The id of a request that one worker alone is to evaluate, in as many characters: only those join it that address the same worker with the
 * same nonce, if they give one.
 */
export function addressedId(canonical: string, worker: string, nonce = ""): string {
  return saltedId(canonical, addressMark + requestId(`${worker} ${nonce}`).slice(0, nonceCharacters));
}

/** Whether an id is one of {@link addressedId}. */
export function isAddressedId(id: string): boolean {
  return id.startsWith(addressMark);
}

/** Whether an id is one of {@link ownId} or {@link addressedId}: requests that are equal otherwise have other ids. */
export function isOwnId(id: string): boolean {
  return id.startsWith(ownMark) || isAddressedId(id);
}

function saltedId(canonical: string, salt: string): string {
  return salt + hash("sha256", salt + canonical, "base64url").slice(0, idCharacters - salt.length);
}

/** Whether this is the id of the request: what comes from others may say so and be another. */
export function isIdOf(id: string, canonical: string): boolean {
  return id === (isOwnId(id) ? saltedId(canonical, id.slice(0, 1 + nonceCharacters)) : requestId(canonical));
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
