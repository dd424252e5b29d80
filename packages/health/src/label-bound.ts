/** Keeps the number of a label's values bounded: what comes after the first so many is counted together. */

const mostValues = 200;

/** The value that replaces all labels beyond the bound. */
const otherValue = "other";

export class LabelBound {
  readonly #known = new Set<string>();

  /** The value itself, or "other" if there are enough of them. */
  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= mostValues) return otherValue;
    this.#known.add(value);
    return value;
  }
}
