/**
 * xoshiro128** of Blackman and Vigna (https://prng.di.unimi.it/xoshiro128starstar.c): a generator of 32-bit arithmetic alone, so that
 * every platform and every Node draws the same numbers. Its state is the SHA-256 of a seed text, cut to 128 bits.
 */
import { hash } from "node:crypto";

/** The four words of the state; not all of them may be 0. */
export type XoshiroState = readonly [number, number, number, number];

export class Xoshiro128 {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor([a, b, c, d]: XoshiroState) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
  }

  /** The next whole number from 0 to 2^32 - 1. */
  next(): number {
    const result = Math.imul(rotated(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotated(this.#d, 11);
    return result;
  }
}

/** The state of a seed text: the first sixteen bytes of its SHA-256, as four words with the lowest byte first. */
export function stateOf(seed: string): XoshiroState {
  const bytes = hash("sha256", seed, "buffer");
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8), bytes.readUInt32LE(12)];
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
