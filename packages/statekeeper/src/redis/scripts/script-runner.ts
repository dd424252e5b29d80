/**
 * Runs scripts, and reads, and has patience: what Redis refuses for reasons that pass (loading, out of memory, a failover going
 * on, a slot that moves) is retried with growing pauses until it works or the connection is closed. Everything else is thrown.
 */
import { type Clock, GridError, sleep } from "@callgrid/core";
import type { Redis } from "ioredis";
import type { ConnectionLog } from "../failures/connection-log.ts";
import { isPassingRefusal, refusalPauseMs } from "../failures/passing-refusal.ts";
import { plainCause } from "../failures/plain-cause.ts";
import { refused } from "../failures/refused.ts";
import type { ScriptName } from "./scripts.ts";

/** The arguments go as one list: a call takes as many as the stack has room for, and a script any number. */
type ScriptCommand = (prefix: string, args: ReadonlyArray<string | number>) => Promise<unknown>;

export class ScriptRunner {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #log: ConnectionLog;
  #lastToldAt = 0;
  #isClosed = false;

  constructor(redis: Redis, clock: Clock, log: ConnectionLog) {
    this.#redis = redis;
    this.#clock = clock;
    this.#log = log;
  }

  /** Runs a script on the pool with this prefix. */
  run(script: ScriptName, prefix: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.#patiently(script, () => this.#command(script)(prefix, args));
  }

  /** Reads by a plain command, by the name of which a refusal is reported. */
  read<Reply>(command: string, ask: (redis: Redis) => Promise<Reply>): Promise<Reply> {
    return this.#patiently(command, () => ask(this.#redis));
  }

  /** Reports a reply that cannot be read, by an error of {@link read}. */
  tellUnread(error: unknown): void {
    if (!this.#isClosed)
      this.#log.warn({ reason: (error as Error).message }, "Redis does not let a large value be read");
  }

  /** Has what `ask` has sent leave in one piece: Redis then takes it up at once, and answers at once. */
  gather(ask: () => void): void {
    const { stream } = this.#redis;
    // there is no stream before the first connection
    stream?.cork();
    try {
      ask();
    } finally {
      stream?.uncork();
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  async #patiently<Reply>(what: string, ask: () => Promise<Reply>): Promise<Reply> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (this.#isClosed)
          throw new GridError("GRID_CLOSED", "the connection was closed", { cause: plainCause(error) });
        if (!(error instanceof Error) || !isPassingRefusal(error)) throw refused(what, error);
        this.#tell(what, error);
        await sleep(this.#clock, refusalPauseMs(attempt));
      }
    }
  }

  #command(script: ScriptName): ScriptCommand {
    const commands = this.#redis as unknown as Record<ScriptName, ScriptCommand>;
    return commands[script].bind(this.#redis);
  }

  #tell(script: string, error: Error): void {
    if (this.#clock.now() - this.#lastToldAt < 1_000) return;
    this.#lastToldAt = this.#clock.now();
    this.#log.warn({ script, reason: error.message }, "Redis refuses for now, trying on");
  }
}
