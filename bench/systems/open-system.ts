/** From a system's name to the system. Only that one is loaded, since what is loaded takes memory and time. */
import type { System, SystemName } from "../system.ts";

/** A system that has not been started. */
export async function openSystem(name: SystemName): Promise<System> {
  switch (name) {
    case "callgrid":
      return new (await import("./callgrid.ts")).Callgrid();
    case "bullmq":
      return new (await import("./bullmq.ts")).BullMq();
    case "bee-queue":
      return new (await import("./bee-queue.ts")).BeeQueueSystem();
    case "piscina":
      return new (await import("./piscina.ts")).PiscinaSystem();
    case "floor":
      return new (await import("./floor.ts")).Floor();
    case "plain":
      return new (await import("./plain.ts")).Plain();
  }
}

/** Whether a system works over Redis, and so needs one. */
export function needsRedis(name: SystemName): boolean {
  return name !== "piscina" && name !== "plain";
}
