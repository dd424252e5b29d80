/** Logs when the connections of one statekeeper break and when they are back; while they are down, once a second for all of them. */
import type { Redis } from "ioredis";

/** Where the statekeeper logs; pino's loggers fit. */
export interface ConnectionLog {
  warn(facts: Record<string, unknown>, message: string): void;
  info(facts: Record<string, unknown>, message: string): void;
}

const warnEveryMs = 1_000;

export class ConnectionJournal {
  readonly #log: ConnectionLog;
  readonly #address: string;
  #warnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(log: ConnectionLog, address: string) {
    this.#log = log;
    this.#address = address;
  }

  /** @param connection - what the connection is for, as `CLIENT LIST` has it. */
  follow(redis: Redis, connection: string): void {
    const facts = { address: this.#address, connection };
    let downSinceMs: number | undefined;
    redis.on("error", (error: Error) => {
      downSinceMs ??= Date.now();
      if (performance.now() - this.#warnedAtMs < warnEveryMs) return;
      this.#warnedAtMs = performance.now();
      this.#log.warn({ ...facts, reason: error.message }, "no connection to Redis, trying on");
    });
    redis.on("close", () => {
      downSinceMs ??= Date.now();
    });
    redis.on("ready", () => {
      if (downSinceMs !== undefined)
        this.#log.info({ ...facts, downMs: Date.now() - downSinceMs }, "connected to Redis again");
      downSinceMs = undefined;
    });
  }
}
