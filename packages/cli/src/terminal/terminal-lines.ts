/** Several lines at the end of a terminal, which are written over as they change. */
import { MultiBar, type SingleBar } from "cli-progress";
import type { OutputStream } from "./io.ts";

export class TerminalLines {
  readonly #bars: MultiBar;
  readonly #lines: SingleBar[] = [];

  constructor(stream: OutputStream) {
    const format = (_options: unknown, _params: unknown, payload: { readonly text: string }): string => payload.text;
    this.#bars = new MultiBar({ format, stream, clearOnComplete: true, hideCursor: true, emptyOnZero: true });
  }

  show(texts: readonly string[]): void {
    for (const [place, text] of texts.entries()) {
      const line = this.#lines[place];
      if (line === undefined) this.#lines.push(this.#bars.create(1, 0, { text }));
      else line.update(0, { text });
    }
  }

  /** Takes them off the terminal. */
  stop(): void {
    this.#bars.stop();
  }
}
