/**
 * What happened last, for the report on a violation: a ring, so that a run of any length takes no more. Entries keep what they
 * are about as it is and become text only when they are read, since most runs end well.
 */
interface Entry {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
  readonly about: unknown;
}

const longestTextCharacters = 400;

export class Trace {
  readonly #now: () => number;
  readonly #size: number;
  readonly #entries: Entry[] = [];
  #next = 0;
  #isStopped = false;

  constructor(size: number, now: () => number) {
    this.#size = size;
    this.#now = now;
  }

  note(who: string, what: string, about?: unknown): void {
    if (this.#isStopped) return;
    this.#entries[this.#next] = { atMs: this.#now(), who, what, about };
    this.#next = (this.#next + 1) % this.#size;
  }

  /** What comes later does not matter any more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Oldest first; `readable` puts names instead of ids. */
  lines(readable: (text: string) => string): string[] {
    const inOrder = [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)];
    return inOrder.map(({ atMs, who, what, about }) => {
      const text = about === undefined ? "" : ` ${shortened(readable(textOf(about)))}`;
      return `${atMs.toFixed(3).padStart(11)}  ${who.padEnd(14)} ${what}${text}`;
    });
  }
}

function textOf(about: unknown): string {
  if (typeof about === "string") return about;
  return (
    JSON.stringify(about, (_key, value: unknown) =>
      value instanceof Map || value instanceof Set ? [...value] : value,
    ) ?? ""
  );
}

function shortened(text: string): string {
  return text.length > longestTextCharacters ? `${text.slice(0, longestTextCharacters)}…` : text;
}
