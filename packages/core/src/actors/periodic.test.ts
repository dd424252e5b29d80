import { expect, it } from "vitest";
import { VirtualClock } from "../time/virtual-clock.ts";
import { Periodic } from "./periodic.ts";

it("does its round after each pause, which begins when the round before has ended", async () => {
  const clock = new VirtualClock();
  const begun: number[] = [];
  const round = async (): Promise<void> => {
    begun.push(clock.now());
    await new Promise<void>((resolve) => clock.after(5, resolve));
  };
  void new Periodic({ clock, everyMs: 10, round }).start();
  await clock.advance(45);
  expect(begun).toEqual([10, 25, 40]);
});

it("begins with another pause, and takes a pause from a round", async () => {
  const clock = new VirtualClock();
  const begun: number[] = [];
  const pauses = [0, 30, undefined];
  const round = (): number | undefined => pauses[begun.push(clock.now()) - 1];
  void new Periodic({ clock, everyMs: 10, firstAfterMs: 0, round }).start();
  await clock.advance(45);
  expect(begun).toEqual([0, 0, 30, 40]);
});

it("goes on after a round that fails", async () => {
  const clock = new VirtualClock();
  const errors: unknown[] = [];
  const round = (): never => {
    throw new Error(`at ${clock.now()}`);
  };
  void new Periodic({ clock, everyMs: 10, round, onError: (error) => errors.push(error) }).start();
  await clock.advance(25);
  expect(errors).toEqual([new Error("at 10"), new Error("at 20")]);
});

it("is stopped once the round that is under way has ended, and leaves no timer behind", async () => {
  const clock = new VirtualClock();
  let end: () => void = () => undefined;
  let rounds = 0;
  const periodic = new Periodic({
    clock,
    everyMs: 10,
    round: () => {
      rounds += 1;
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    },
  });
  void periodic.start();
  await clock.advance(10);
  let isStopped = false;
  void periodic.stop().then(() => {
    isStopped = true;
  });
  await clock.advance(100);
  expect([isStopped, rounds, clock.pending]).toEqual([false, 1, 0]);
  end();
  await clock.advance(100);
  expect([isStopped, rounds, clock.pending]).toEqual([true, 1, 0]);
});

it("does nothing if it is stopped before its first turn", async () => {
  const clock = new VirtualClock();
  let rounds = 0;
  const periodic = new Periodic({ clock, everyMs: 10, firstAfterMs: 0, round: () => (rounds += 1) });
  void periodic.start();
  await periodic.stop();
  await clock.advance(100);
  expect([rounds, clock.pending]).toEqual([0, 0]);
});
