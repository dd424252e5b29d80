import { setImmediate as turn } from "node:timers/promises";
import { pino } from "pino";
import { expect, it } from "vitest";
import { endBySignals } from "./run-workers.ts";

it.each<[first: boolean, second: boolean, orders: string[]]>([
  [false, false, []],
  [true, false, ["drain"]],
  [true, true, ["drain", "stop"]],
])("workers are ended by signals that came before any listener: %s, %s", async (first, second, expected) => {
  const orders: string[] = [];
  const order = (what: string) => async (): Promise<void> => void orders.push(what);
  const workers = { drain: order("drain"), stop: order("stop") };
  const signalOf = (hasCome: boolean): AbortSignal =>
    hasCome ? AbortSignal.abort("SIGTERM") : new AbortController().signal;
  endBySignals(workers, { first: signalOf(first), second: signalOf(second) }, pino({ level: "silent" }));
  await turn();
  expect(orders).toEqual(expected);
});
