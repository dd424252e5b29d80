/**
 * Finds where a text stops being JSON, and numbers as they are written. `JSON.parse` reports the first in some of its messages and
 * not in others, differently in each version of Node, and the second not at all.
 */

// What nests deeper can't travel anyway, and would overflow the stack here.
const deepestLevel = 2_000;
const blanks = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
const unescaped = /[ !#-[\]-\uffff]*/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The index of the first character that cannot be part of JSON, or the length of a text that ends too early; undefined for JSON. */
export function jsonErrorIndex(text: string): number | undefined {
  const scanner = new JsonScanner(text);
  return scanner.takesValue() && scanner.isAtEnd() ? undefined : scanner.index;
}

/** A number, as it is written. */
interface FoundNumber {
  readonly index: number;
  readonly literal: string;
}

/** The first number of a JSON text that is sought; digits in strings do not count. */
export function findJsonNumber(text: string, isSought: (literal: string) => boolean): FoundNumber | undefined {
  const scanner = new JsonScanner(text, isSought);
  scanner.takesValue();
  return scanner.found;
}

/** Takes text as long as it is JSON, up to the first number that is sought. */
class JsonScanner {
  index = 0;
  found: FoundNumber | undefined;
  readonly #text: string;
  readonly #isSought: (literal: string) => boolean;
  #level = 0;

  constructor(text: string, isSought: (literal: string) => boolean = () => false) {
    this.#text = text;
    this.#isSought = isSought;
  }

  isAtEnd(): boolean {
    this.#take(blanks);
    return this.index === this.#text.length;
  }

  takesValue(): boolean {
    this.#take(blanks);
    if (this.#takeWord("[")) return this.#takesMembers("]", () => this.takesValue());
    if (this.#takeWord("{")) return this.#takesMembers("}", () => this.#takesProperty());
    return this.#takesString() || this.#takesNumber() || this.#take(word);
  }

  #takesNumber(): boolean {
    const index = this.index;
    if (!this.#take(number)) return false;
    const literal = this.#text.slice(index, this.index);
    if (!this.#isSought(literal)) return true;
    this.found = { index, literal };
    return false;
  }

  /** Part by part: a pattern for all of it would overflow the stack of the engine where the string is long. */
  #takesString(): boolean {
    const start = this.index;
    if (!this.#takeWord('"')) return false;
    do {
      this.#take(unescaped);
      if (this.#takeCharacter('"')) return true;
    } while (this.#take(escaped));
    this.index = start;
    return false;
  }

  #takesMembers(end: string, takesMember: () => boolean): boolean {
    if (this.#takeWord(end)) return true;
    if (++this.#level > deepestLevel) return false;
    while (takesMember()) {
      if (this.#takeWord(end)) {
        this.#level -= 1;
        return true;
      }
      if (!this.#takeWord(",")) return false;
    }
    return false;
  }

  #takesProperty(): boolean {
    this.#take(blanks);
    return this.#takesString() && this.#takeWord(":") && this.takesValue();
  }

  #takeWord(word: string): boolean {
    this.#take(blanks);
    return this.#takeCharacter(word);
  }

  #takeCharacter(character: string): boolean {
    if (!this.#text.startsWith(character, this.index)) return false;
    this.index += character.length;
    return true;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.index;
    if (!pattern.test(this.#text)) return false;
    this.index = pattern.lastIndex;
    return true;
  }
}
