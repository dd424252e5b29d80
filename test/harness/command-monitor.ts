/** Counts the commands that a Redis server carries out, by the script that they belong to. */

import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { readScript, type ScriptName, scriptNames } from "../../packages/statekeeper/src/redis/scripts/scripts.ts";

/** How often a script ran, and how many commands these runs were: itself, and those inside. */
export interface ScriptCount {
  readonly runs: number;
  readonly commands: number;
}

const lastWord = "callgrid-counted";

const nameOf = new Map<string, ScriptName>(
  scriptNames.map((name) => [createHash("sha1").update(readScript(name)).digest("hex"), name]),
);

export class CommandMonitor {
  readonly #commands: Redis;
  readonly #monitor: Redis;
  #counts = new Map<string, ScriptCount>();
  #current = "";
  #onLast = (): void => undefined;

  private constructor(commands: Redis, monitor: Redis) {
    this.#commands = commands;
    this.#monitor = monitor;
    monitor.on("monitor", (_time: string, words: readonly string[], source: string) => this.#note(words, source));
  }

  static async open(url: string): Promise<CommandMonitor> {
    const commands = new Redis(url.replace(/^unix:\/\//, ""));
    return new CommandMonitor(commands, await commands.monitor());
  }

  /** What was carried out since the last call, by the name of the script, or of the command outside of scripts. */
  async counted(): Promise<ReadonlyMap<string, ScriptCount>> {
    const isOver = new Promise<void>((resolve) => {
      this.#onLast = resolve;
    });
    await this.#commands.echo(lastWord);
    await isOver;
    const counts = this.#counts;
    this.#counts = new Map();
    return counts;
  }

  close(): void {
    this.#commands.disconnect();
    this.#monitor.disconnect();
  }

  #note([command = "", first = ""]: readonly string[], source: string): void {
    if (first === lastWord) {
      this.#onLast();
      return;
    }
    const isInside = source === "lua";
    if (!isInside) this.#current = nameOf.get(first) ?? command.toLowerCase();
    const { runs, commands } = this.#counts.get(this.#current) ?? { runs: 0, commands: 0 };
    this.#counts.set(this.#current, { runs: isInside ? runs : runs + 1, commands: commands + 1 });
  }
}
