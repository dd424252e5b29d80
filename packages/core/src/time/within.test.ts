import { expect, it } from "vitest";
import { VirtualClock } from "./virtual-clock.ts";
import { within } from "./within.ts";

it("resolves with what comes in time, and leaves no timer behind", async () => {
  const clock = new VirtualClock();
  const waiting = within(clock, 100, Promise.resolve("value"));
  expect(clock.pending).toBe(1);
  expect(await waiting).toBe("value");
  expect(clock.pending).toBe(0);
});

it("resolves with undefined after the time, and not before", async () => {
  const clock = new VirtualClock();
  const results: unknown[] = [];
  void within(clock, 100, new Promise(() => undefined)).then((result) => results.push(result));
  await clock.advance(99);
  expect(results).toEqual([]);
  await clock.advance(1);
  expect(results).toEqual([undefined]);
});

it("rejects with what comes in time, and ignores what is rejected later", async () => {
  const clock = new VirtualClock();
  await expect(within(clock, 100, Promise.reject(new Error("odd")))).rejects.toThrow("odd");
  expect(clock.pending).toBe(0);
  const late = new Promise<never>((_, reject) => clock.after(200, () => reject(new Error("late"))));
  const waiting = within(clock, 100, late);
  await clock.advance(300);
  expect(await waiting).toBeUndefined();
});
