/** Passes text on in whole lines only, so that lines of several processes on one stream never run into each other. */

/** A line without an end is passed on in pieces of this many characters. */
const longestLine = 1_048_576;

export class WholeLines {
  readonly #pass: (lines: string) => void;
  #unfinished = "";

  constructor(pass: (lines: string) => void) {
    this.#pass = pass;
  }

  add(text: string): void {
    const end = text.lastIndexOf("\n") + 1;
    if (end === 0) {
      this.#unfinished += text;
      if (this.#unfinished.length > longestLine) this.end();
      return;
    }
    this.#pass(this.#unfinished + text.slice(0, end));
    this.#unfinished = text.slice(end);
  }

  /** There is no more: what is left is passed on as a line of its own. */
  end(): void {
    if (this.#unfinished !== "") this.#pass(`${this.#unfinished}\n`);
    this.#unfinished = "";
  }
}
