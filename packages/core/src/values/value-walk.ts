/**
 * How far a walk through a value is: the way to the part that is being read, the objects that it lies in, and how much has been
 * read. Refuses with that path.
 */
import { invalidValue, tooLarge } from "./refusals.ts";
import { type PathSegment, pathText } from "./value-path.ts";

/** How many levels of arrays, objects, Maps, Sets and causes a value may nest. */
const deepestLevel = 1000;

export class ValueWalk {
  readonly #root: string;
  readonly #limitBytes: number;
  readonly #segments: PathSegment[] = [];
  readonly #ancestors: object[] = [];
  #level = 0;
  /** How many of the segments lead to what is being read. */
  #pathLength = 0;
  #refusal: Error | undefined;
  /** The least that the text of all that was read so far takes. */
  characters = 0;

  /**
   * @param root - what the path calls the whole value.
   * @param limitBytes - how long the text may be.
   */
  constructor(root: string, limitBytes: number) {
    this.#root = root;
    this.#limitBytes = limitBytes;
  }

  /** The path of what is being read. */
  get path(): string {
    return pathText(this.#root, this.#segments.slice(0, this.#pathLength));
  }

  /** The members of an object are read next. Throws for one that lies in itself, or too deep. */
  enter(value: object): void {
    for (let level = 0; level < this.#level; level++) {
      if (this.#ancestors[level] !== value) continue;
      const origin = pathText(this.#root, this.#segments.slice(0, level));
      throw this.invalid(`leads back to ${origin}, a cycle, which can't travel: refer to it by name or index`);
    }
    if (this.#level === deepestLevel) throw this.invalid(`nests deeper than ${deepestLevel} levels: flatten it`);
    this.#ancestors[this.#level] = value;
    this.#level += 1;
  }

  leave(): void {
    this.#level -= 1;
  }

  /** A member of the object that was entered is read next. Called before it is read, so that the path is right if that throws. */
  at(segment: PathSegment): void {
    this.#segments[this.#level - 1] = segment;
    this.#pathLength = this.#level;
  }

  /** The object that was entered is looked at itself. */
  atObject(): void {
    this.#pathLength = this.#level - 1;
  }

  /** Whether what was read since there were `before` characters is too much by itself. */
  isTooLarge(before: number): boolean {
    return this.characters - before > this.#limitBytes;
  }

  /** Throws where {@link isTooLarge}. */
  checkSize(before: number): void {
    if (!this.isTooLarge(before)) return;
    const bytes = this.characters - before;
    throw this.refuse(tooLarge(this.#root, { path: this.path, bytes, limitBytes: this.#limitBytes, isAtLeast: true }));
  }

  /** The refusal of what is being read. */
  invalid(problem: string): Error {
    return this.refuse(invalidValue(this.path, problem));
  }

  /** Notes a refusal, to distinguish it from what a getter throws. */
  refuse(refusal: Error): Error {
    this.#refusal = refusal;
    return refusal;
  }

  isRefusal(error: unknown): boolean {
    return error === this.#refusal;
  }
}
