/** What a run's Redis has used, by its own account. */
import { Redis } from "ioredis";
import type { RedisAddress } from "../system.ts";

export class RedisGauge {
  readonly #connection: Redis;

  constructor(address: RedisAddress) {
    this.#connection = new Redis({ ...address });
  }

  /** User and system time since the server began. */
  async cpuSeconds(): Promise<number> {
    const info = await this.#connection.info("cpu");
    return fieldOf(info, "used_cpu_user") + fieldOf(info, "used_cpu_sys");
  }

  /** What is stored, with all that it takes to find it, and without the buffers of connections. */
  async storedBytes(): Promise<number> {
    const info = await this.#connection.info("memory");
    return fieldOf(info, "used_memory") - fieldOf(info, "mem_clients_normal");
  }

  stop(): void {
    this.#connection.disconnect();
  }
}

function fieldOf(info: string, name: string): number {
  const text = new RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1];
  if (text === undefined) throw new Error(`INFO of redis-server has no field ${name}`);
  return Number(text);
}
