import { expect, it } from "vitest";
import { mergeLogs } from "./log-merger.ts";
import type { LogRecord } from "./log-records.ts";

async function* log(...times: readonly number[]): AsyncGenerator<LogRecord> {
  for (const [index, time] of times.entries()) yield { time, text: `${time}.${index}`, fields: {} };
}

async function merged(...logs: ReadonlyArray<AsyncGenerator<LogRecord>>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of mergeLogs(logs)) texts.push(text);
  return texts;
}

it("several logs become one, in the order of time", async () => {
  expect(await merged(log(1, 4, 6), log(2, 3, 7), log())).toEqual(["1.0", "2.0", "3.1", "4.1", "6.2", "7.2"]);
});

it("a line that is a little late in its file finds its place, and equal times keep their order", async () => {
  expect(await merged(log(5, 3, 3, 4), log(3))).toEqual(["3.1", "3.2", "3.0", "4.3", "5.0"]);
});

it("no logs are none", async () => {
  expect(await merged()).toEqual([]);
});

it("long logs are merged without holding them whole", async () => {
  const long = Array.from({ length: 5_000 }, (_, index) => index * 2);
  const times = (await merged(log(...long), log(...long.map((time) => time + 1)))).map(Number.parseFloat);
  expect(times.map(Math.floor)).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
});
