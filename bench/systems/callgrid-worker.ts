/** A worker of callgrid: one slot, as `callgrid worker` starts it, without its supervisor. */
import { startWorker } from "callgrid";
import type { StartWork } from "../run/worker-messages.ts";
import { poolName, urlOf } from "./callgrid-address.ts";
import * as functions from "./callgrid-functions.ts";

export const startWork: StartWork = async ({ redis, settings }) => {
  const { sharing = "auto", concurrency: slots = 1 } = settings;
  await startWorker({ url: urlOf(redis), pool: poolName, functions, sharing, slots });
};
