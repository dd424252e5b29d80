/**
 * Which code took part in an evaluation: versions of functions, each once. Sets that are remembered are one object each, and one that has
 * all of another is their union, so a function that calls the same functions again and again makes no new sets.
 */
import { type Code, codesIn, isFileCode, otherPoolsCode, ownPart } from "@callgrid/statekeeper";

/** Codes in all sets that are remembered at most: those of a worker are few, unless its functions call by chance, or very many others. */
const mostCodes = 100_000;
/** Stamps that are remembered at most. */
const mostStamps = 10_000;

export class CodeSet {
  /** Sorted. */
  readonly codes: readonly Code[];
  /** Whether results of it may be kept: the pool knows the versions of all of it. */
  readonly isKeepable: boolean;
  /** Whether files take part, at which each use has to look. Their names are after those of functions. */
  readonly hasFiles: boolean;
  readonly #sets: CodeSets;
  #members: ReadonlySet<Code> | undefined;
  #lastOther: CodeSet | undefined;
  #lastUnion: CodeSet;
  #lastOwn = "";
  #lastStamp = "";

  constructor(codes: readonly Code[], sets: CodeSets) {
    this.codes = codes;
    this.isKeepable = codes.at(-1) !== otherPoolsCode;
    this.hasFiles = codes.slice(-2).some(isFileCode);
    this.#sets = sets;
    this.#lastUnion = this;
  }

  with(other: CodeSet): CodeSet {
    if (other === this) return this;
    if (other !== this.#lastOther) {
      this.#lastUnion = this.#hasAllOf(other) ? this : this.#sets.of([...this.codes, ...other.codes]);
      this.#lastOther = other;
    }
    return this.#lastUnion;
  }

  #hasAllOf(other: CodeSet): boolean {
    if (other.codes.length > this.codes.length) return false;
    this.#members ??= new Set(this.codes);
    const members = this.#members;
    return other.codes.every((code) => members.has(code));
  }

  /** The stamp of an outcome of the function, whose own part is `own`. */
  stamp(functionName: string, own: string): string {
    const key = `${functionName}@${own}`;
    if (key === this.#lastOwn) return this.#lastStamp;
    const ownCode = key.slice(0, key.lastIndexOf("#"));
    this.#lastOwn = key;
    this.#lastStamp = [own, ...this.codes.filter((code) => code !== ownCode)].join(",");
    return this.#lastStamp;
  }
}

/** The sets of one worker. */
export class CodeSets {
  readonly #byText = new Map<string, CodeSet>();
  readonly #byStamp = new Map<string, CodeSet>();
  #codesHeld = 0;

  of(codes: readonly Code[]): CodeSet {
    const sorted = [...new Set(codes)].sort();
    const text = sorted.join();
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    if (this.#codesHeld + sorted.length > mostCodes) this.#forgetSets();
    const made = new CodeSet(sorted, this);
    this.#byText.set(text, made);
    this.#codesHeld += sorted.length;
    return made;
  }

  /** The set that a stamp stands for; undefined if no code took part. */
  read(functionName: string, stamp: string): CodeSet | undefined {
    // a generation says nothing of code, and rises seldom
    if (ownPart(stamp).startsWith("#")) return undefined;
    const key = `${functionName} ${stamp}`;
    const known = this.#byStamp.get(key);
    if (known !== undefined) return known;
    if (this.#byStamp.size >= mostStamps) this.#byStamp.clear();
    const made = this.of(codesIn(functionName, stamp));
    this.#byStamp.set(key, made);
    return made;
  }

  #forgetSets(): void {
    this.#byText.clear();
    this.#byStamp.clear();
    this.#codesHeld = 0;
  }
}
