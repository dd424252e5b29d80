/** How far many requests are, on a terminal's stderr, and nowhere else: elsewhere it would be noise between log lines. */

import { durationText } from "./durations.ts";
import type { CliIo } from "./io.ts";
import { TerminalBar } from "./terminal-bar.ts";

export class ProgressBar {
  readonly #bar: TerminalBar | undefined;
  readonly #started = performance.now();
  #expected = 0;
  #done = 0;
  #isTotalKnown = false;

  /** Shown only where stderr is a terminal and stdout is not: results that scroll by are progress enough. */
  constructor({ stderr, stdout }: Pick<CliIo, "stderr" | "stdout">) {
    if (stderr.isTTY === true && stdout.isTTY !== true) this.#bar = new TerminalBar(stderr);
  }

  /** One more request is known of. */
  expect(): void {
    this.#expected += 1;
    this.#show();
  }

  /** There are no more requests. */
  expectNoMore(): void {
    this.#isTotalKnown = true;
    if (this.#expected > 0) this.#show();
  }

  /** One more request has its outcome. */
  finish(): void {
    this.#done += 1;
    this.#show();
  }

  stop(): void {
    this.#bar?.stop();
  }

  #show(): void {
    const total = this.#isTotalKnown ? this.#expected : undefined;
    this.#bar?.show({ done: this.#done, total, text: () => this.#text() });
  }

  #text(): string {
    const total = this.#isTotalKnown ? ` of ${this.#expected}` : "";
    return `${this.#done}${total} requests, ${durationText(performance.now() - this.#started)}`;
  }
}
