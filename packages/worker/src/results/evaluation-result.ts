/**
 * The outcome of an evaluation, in the form that costs least here: primitives as they are, everything else as text, so that
 * each reader gets a copy of its own and none sees the changes of another. The text is made when it is first needed.
 */
import {
  decodeErrorTree,
  decodeValue,
  type ErrorTree,
  encodeError,
  encodeValue,
  isErrorText,
  type OutcomeText,
} from "@callgrid/core";
import { noStamp } from "@callgrid/statekeeper";
import type { CodeSet } from "../versions/code-set.ts";

export class EvaluationResult {
  readonly #primitive: unknown;
  readonly tree: ErrorTree | undefined;
  #text: OutcomeText | undefined;
  /** Which code made it; undefined: none. */
  code: CodeSet | undefined;
  /** Version and generation of the function, as it was made under them. */
  stamp = "";
  /** Until when it may be used by others, by the worker's clock, in ms. */
  until = 0;

  private constructor(primitive: unknown, text: OutcomeText | undefined, tree: ErrorTree | undefined) {
    this.#primitive = primitive;
    this.#text = text;
    this.tree = tree;
  }

  /** Of a value that a function returned; throws `INVALID_VALUE` or `PAYLOAD_TOO_LARGE` for one that cannot travel. */
  static ofValue(value: unknown, limitBytes: number): EvaluationResult {
    if (isSmallPrimitive(value, limitBytes)) return new EvaluationResult(value, undefined, undefined);
    return new EvaluationResult(undefined, encodeValue(value, "result", limitBytes), undefined);
  }

  static ofError(tree: ErrorTree): EvaluationResult {
    return new EvaluationResult(undefined, undefined, tree);
  }

  static ofText(text: OutcomeText): EvaluationResult {
    return new EvaluationResult(undefined, text, isErrorText(text) ? decodeErrorTree(text) : undefined);
  }

  /** Notes what made it, unless that is known already. */
  noteMaker(code: CodeSet | undefined, stamp: string): void {
    if (this.code !== undefined) return;
    this.code = code;
    this.stamp = stamp;
  }

  /** The stamp of it as an outcome of the function. */
  fullStamp(functionName: string): string {
    return this.code === undefined ? noStamp : this.code.stamp(functionName, this.stamp);
  }

  /** Notes until when others may use it. Whole ms: a number with a fraction takes as much memory as the rest of this. */
  keep(until: number): void {
    this.until = Math.floor(until);
  }

  get isError(): boolean {
    return this.tree !== undefined;
  }

  /** The value, a copy of its own for each call; `undefined` for an error. */
  get value(): unknown {
    if (this.tree !== undefined) return undefined;
    return this.#text === undefined ? this.#primitive : decodeValue(this.#text);
  }

  get text(): OutcomeText {
    this.#text ??= this.tree === undefined ? encodeValue(this.#primitive) : encodeError(this.tree);
    return this.#text;
  }

  /** What keeping it takes, roughly, in bytes. */
  get bytes(): number {
    if (this.#text !== undefined) return 2 * this.#text.length;
    return typeof this.#primitive === "string" ? 2 * this.#primitive.length : 16;
  }
}

const smallStringCharacters = 65_536;
/** The most a character takes in UTF-8, quotes and escapes included. */
const bytesPerCharacter = 6;

function isSmallPrimitive(value: unknown, limitBytes: number): boolean {
  if (typeof value === "string")
    return value.length <= smallStringCharacters && value.length * bytesPerCharacter < limitBytes;
  return value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol");
}
