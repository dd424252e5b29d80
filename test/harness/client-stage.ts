/** A client on a statekeeper in memory and on virtual time, with plain workers where a test wants some. */
import { VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { onTestFinished } from "vitest";
import { GridClient } from "../../packages/client/src/grid-client.ts";
import { type ConnectOptions, resolveClientOptions } from "../../packages/client/src/options/client-options.ts";
import type { GridLog } from "../../packages/client/src/options/log.ts";
import { PlainWorker } from "./plain-worker.ts";

/** One line of the client's log. */
export interface LogLine {
  readonly level: keyof GridLog;
  readonly facts: Record<string, unknown>;
  readonly message: string;
}

export interface ClientStage {
  readonly clock: VirtualClock;
  readonly statekeeper: MemoryStatekeeper;
  readonly grid: GridClient;
  readonly logged: LogLine[];
  /** A worker that joins the pool named `pool`. */
  startWorker(functions?: Readonly<Record<string, (...args: never[]) => unknown>>, id?: string): Promise<PlainWorker>;
  /** Lets everything run that is due now. */
  settle(): Promise<void>;
}

/** What a worker knows if a test says nothing else. */
export const plainFunctions = {
  double: (x: number) => 2 * x,
  box: (x: unknown) => ({ x }),
  fail: (why: string) => {
    throw new Error(why);
  },
};

export function setClientStage(options: ConnectOptions = {}): ClientStage {
  const clock = new VirtualClock();
  const statekeeper = new MemoryStatekeeper({ clock, grid: "test" });
  const logged: LogLine[] = [];
  const log = noteLog(logged);
  const grid = new GridClient({ statekeeper, settings: resolveClientOptions(options, {}), clock, log });
  onTestFinished(async () => {
    await grid.close();
    await statekeeper.close();
  });
  return {
    clock,
    statekeeper,
    grid,
    logged,
    startWorker: (functions = plainFunctions, id = "worker") =>
      new PlainWorker(statekeeper.pool("pool"), functions, id).start(),
    settle: () => clock.advance(0),
  };
}

function noteLog(lines: LogLine[]): GridLog {
  const noteAt = (level: keyof GridLog) => (facts: Record<string, unknown>, message: string) => {
    lines.push({ level, facts, message });
  };
  return { debug: noteAt("debug"), info: noteAt("info"), warn: noteAt("warn"), error: noteAt("error") };
}
