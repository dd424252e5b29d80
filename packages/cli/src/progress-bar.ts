/** How far many requests are, on a terminal's stderr, and nowhere else: elsewhere it would be noise between log lines. */
import { Presets, SingleBar } from "cli-progress";
import type { CliIo } from "./cli-io.ts";

export class ProgressBar {
  readonly #bar: SingleBar | undefined;
  #total = 0;
  #done = 0;

  /** Shown only where stderr is a terminal and stdout is not: results that scroll by are progress enough. */
  constructor({ stderr, stdout }: Pick<CliIo, "stderr" | "stdout">) {
    if (stderr.isTTY !== true || stdout.isTTY === true) return;
    const format = "{bar} {value} of {total} requests, {duration_formatted}";
    this.#bar = new SingleBar(
      { format, stream: stderr, clearOnComplete: true, hideCursor: true },
      Presets.shades_classic,
    );
  }

  /** One more request is known of. */
  expect(): void {
    this.#total += 1;
    if (this.#total === 1) this.#bar?.start(this.#total, this.#done);
    else this.#bar?.setTotal(this.#total);
  }

  /** One more request has its outcome. */
  finish(): void {
    this.#done += 1;
    this.#bar?.update(this.#done);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
