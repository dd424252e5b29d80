/** Keeps the last lines of a stream of text: what a dead process said last, without passwords, for those who have to find out why. */
import { withoutSecrets } from "@callgrid/core";

const longestLine = 500;

export class LastLines {
  readonly #most: number;
  readonly #lines: string[] = [];
  #unfinished = "";

  /** @param most - how many lines are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  add(text: string): void {
    const lines = (this.#unfinished + text).split("\n");
    // A line without an end must not grow without end.
    this.#unfinished = (lines.pop() ?? "").slice(0, longestLine);
    for (const line of lines) this.#push(line);
  }

  /** The lines, oldest first, each cut to 500 characters. */
  get lines(): readonly string[] {
    const all = this.#unfinished === "" ? this.#lines : [...this.#lines, withoutSecrets(this.#unfinished)];
    return all.slice(-this.#most);
  }

  #push(line: string): void {
    this.#lines.push(withoutSecrets(line.trimEnd()).slice(0, longestLine));
    if (this.#lines.length > this.#most) this.#lines.shift();
  }
}
