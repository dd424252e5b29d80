/** `callgrid top`: the pools of a grid as they work, in a terminal, until a signal comes. */
import { declareOptions } from "@callgrid/core";
import { followOverview, type Overview, openRedisSource } from "@callgrid/dashboard";
import type { CommandSpec } from "../../command-line/command.ts";
import { connectionOptions, outputOptions } from "../../command-line/common-options.ts";
import { unlessAborted, untilAborted, untilInterrupted } from "../../command-line/interrupts.ts";
import { dashboardWords } from "../../dashboards/dashboard-words.ts";
import { overviewText } from "../../dashboards/overview-text.ts";
import { logStream, makeLog } from "../../logs/log.ts";
import { colorsOf } from "../../terminal/colors.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { type CliIo, writeJson, writeLine } from "../../terminal/io.ts";

const options = declareOptions({ ...connectionOptions, ...outputOptions });

export const topCommand: CommandSpec<typeof options> = {
  options,
  examples: ["callgrid top", "callgrid top --json | jq -c '.pools[].rates'"],
  async run({ options: { url, grid, connectTimeoutMs, json, logLevel }, io }) {
    const log = makeLog(logLevel ?? "warn", await logStream(io));
    await untilInterrupted(io, async (first) => {
      const opening = openRedisSource({ url, grid, connectTimeoutMs, log, words: dashboardWords(grid) });
      const source = await unlessAborted(first, opening);
      const screen = new Screen(io, { grid, json });
      const stop = followOverview(source, (overview) => screen.show(overview));
      try {
        await untilAborted(first);
      } finally {
        stop();
        screen.leave();
        await source.close();
      }
    });
    return exitCodes.fine;
  },
};

const otherScreen = { enter: "\x1b[?1049h\x1b[?25l", leave: "\x1b[?25h\x1b[?1049l" } as const;
const fromTheTop = "\x1b[H\x1b[J";

/** A terminal shows the latest text in place of the one before; anything else gets one after the other. */
class Screen {
  readonly #io: CliIo;
  readonly #what: { readonly grid: string; readonly json: boolean };
  readonly #isTerminal: boolean;
  #isBehind = false;

  constructor(io: CliIo, what: { readonly grid: string; readonly json: boolean }) {
    this.#io = io;
    this.#what = what;
    this.#isTerminal = io.stdout.isTTY === true && !what.json;
    if (this.#isTerminal) io.stdout.write(otherScreen.enter);
  }

  /** A reader that is slow misses some. */
  show(overview: Overview): void {
    if (this.#isBehind) return;
    this.#isBehind = true;
    void this.#write(overview).finally(() => {
      this.#isBehind = false;
    });
  }

  leave(): void {
    if (this.#isTerminal) this.#io.stdout.write(otherScreen.leave);
  }

  #write(overview: Overview): Promise<void> {
    const { stdout, env } = this.#io;
    const { grid, json } = this.#what;
    if (json) return writeJson(stdout, overview);
    if (this.#isTerminal) stdout.write(fromTheTop);
    const style = { isTerminal: this.#isTerminal, colors: colorsOf(stdout, env) };
    return writeLine(stdout, overviewText(overview, grid, style));
  }
}
