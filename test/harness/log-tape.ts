/** Records what is logged, so that a test can wait for an event by the words that an operator would read. */
import { type Logger, pino } from "pino";

/** One line of the log: the message and its facts. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

export class LogTape {
  readonly log: Logger;
  readonly lines: LogLine[] = [];
  #readers: Array<() => void> = [];

  constructor() {
    this.log = pino({ level: "debug", base: null }, { write: (line: string) => this.#take(line) });
  }

  /** All messages so far that have these words. */
  having(words: string): LogLine[] {
    return this.lines.filter(({ msg }) => msg.includes(words));
  }

  /** Resolves with the first line that has these words (or, from `count`, with that many of them), whether logged already or later. */
  async line(words: string, count = 1): Promise<LogLine> {
    for (;;) {
      const line = this.having(words)[count - 1];
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => this.#readers.push(resolve));
    }
  }

  #take(text: string): void {
    this.lines.push(JSON.parse(text) as LogLine);
    const readers = this.#readers;
    this.#readers = [];
    for (const wake of readers) wake();
  }
}
