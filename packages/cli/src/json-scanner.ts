/**
 * Finds where a text stops being JSON. `JSON.parse` says so in some of its messages and not in others, and differently in each
 * version of Node.
 */

// What nests deeper can't travel anyway, and would overflow the stack here.
const deepestLevel = 2_000;
const blanks = /[ \t\n\r]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const unescaped = /[ !#-[\]-\uffff]*/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The index of the first character that cannot be part of JSON, or the length of a text that ends too early; undefined for JSON. */
export function jsonErrorIndex(text: string): number | undefined {
  const scanner = new JsonScanner(text);
  return scanner.takesValue() && scanner.isAtEnd() ? undefined : scanner.index;
}

class JsonScanner {
  index = 0;
  readonly #text: string;
  #level = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#take(blanks);
    return this.index === this.#text.length;
  }

  takesValue(): boolean {
    this.#take(blanks);
    if (this.#takeWord("[")) return this.#takesMembers("]", () => this.takesValue());
    if (this.#takeWord("{")) return this.#takesMembers("}", () => this.#takesProperty());
    return this.#takesString() || this.#take(scalar);
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
