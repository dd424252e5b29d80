/**
 * A bar on a terminal, and lines below it. While the total is not known, it is a text alone: a bar would say that all is done.
 */
import cliProgress, { type GenericFormatter, MultiBar, Presets, type SingleBar } from "cli-progress";
import type { OutputStream } from "./io.ts";

/** How far something is. */
export interface BarState {
  readonly done: number;
  /** Undefined while it is not known. */
  readonly total: number | undefined;
  /** The text next to the bar, read at each drawing. */
  readonly text: () => string;
  /** What is below it; default: nothing. */
  readonly lines?: readonly string[] | undefined;
}

const hundred = 100;

export class TerminalBar {
  readonly #bars: MultiBar;
  readonly #lines: SingleBar[] = [];
  #bar: SingleBar | undefined;
  #state: BarState | undefined;

  constructor(stream: OutputStream) {
    const format: GenericFormatter = (options, { progress }, { line }: { readonly line?: number }) => {
      const { total, text, lines = [] } = this.#state ?? { total: undefined, text: () => "" };
      if (line !== undefined) return lines[line] ?? "";
      if (total === undefined) return text();
      return `${cliProgress.Format.BarFormat(progress, options)} ${Math.floor(progress * hundred)} % ${text()}`;
    };
    const options = { format, stream, clearOnComplete: true, hideCursor: true, forceRedraw: true };
    this.#bars = new MultiBar(options, Presets.shades_classic);
  }

  show(state: BarState): void {
    const { done, total = Math.max(1, done), lines = [] } = state;
    this.#state = state;
    this.#bar ??= this.#bars.create(total, done, {});
    while (this.#lines.length < lines.length) this.#lines.push(this.#bars.create(1, 0, { line: this.#lines.length }));
    this.#bar.setTotal(total);
    this.#bar.update(done);
    this.#bars.update();
  }

  /** Takes it off the terminal. */
  stop(): void {
    if (this.#state !== undefined) this.#bars.stop();
  }
}
