/** A bar on a terminal. While the total is not known, it is a text alone: a bar would say that all is done. */
import cliProgress, { type GenericFormatter, Presets, SingleBar } from "cli-progress";
import type { OutputStream } from "./io.ts";

/** How far something is. */
export interface BarState {
  readonly done: number;
  /** Undefined while it is not known. */
  readonly total: number | undefined;
  /** The text next to the bar, read at each drawing. */
  readonly text: () => string;
}

const hundred = 100;

export class TerminalBar {
  readonly #bar: SingleBar;
  #state: BarState | undefined;

  constructor(stream: OutputStream) {
    const format: GenericFormatter = (options, { progress }) => {
      const { total, text } = this.#state ?? { total: undefined, text: () => "" };
      if (total === undefined) return text();
      return `${cliProgress.Format.BarFormat(progress, options)} ${Math.floor(progress * hundred)} % ${text()}`;
    };
    this.#bar = new SingleBar({ format, stream, clearOnComplete: true, hideCursor: true }, Presets.shades_classic);
  }

  show(state: BarState): void {
    const { done, total = Math.max(1, done) } = state;
    const isNew = this.#state === undefined;
    this.#state = state;
    if (isNew) this.#bar.start(total, done);
    this.#bar.setTotal(total);
    this.#bar.update(done);
  }

  /** Takes it off the terminal. */
  stop(): void {
    if (this.#state !== undefined) this.#bar.stop();
  }
}
