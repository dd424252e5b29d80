import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sleep } from "./clock.ts";
import { VirtualClock } from "./virtual-clock.ts";

describe("a virtual clock", () => {
  it("stands still until it is advanced", async () => {
    const clock = new VirtualClock(1_000);
    await clock.advance(0);
    expect(clock.now()).toBe(1_000);
    await clock.advance(2.5);
    expect(clock.now()).toBe(1_002.5);
  });

  it("fires what falls due in order of time and then of insertion, each at its time", async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name}@${clock.now()}`);
    clock.after(30, note("late"));
    clock.after(20, note("one"));
    clock.background(20, note("two"));
    clock.after(-5, note("now"));
    clock.after(40, note("later"));
    await clock.advance(30);
    expect(fired).toEqual(["now@0", "one@20", "two@20", "late@30"]);
    expect(clock.pending).toBe(1);
    expect(clock.now()).toBe(30);
  });

  it("lets everything come to rest before the next timer fires", async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    clock.after(10, () => {
      void (async () => {
        for (let round = 0; round < 20; round++) await Promise.resolve();
        order.push("promises");
        await new Promise<void>((resolve) => clock.turn(() => clock.turn(resolve)));
        order.push("turns");
      })();
    });
    clock.after(10, () => order.push("next timer"));
    await clock.advance(10);
    expect(order).toEqual(["promises", "turns", "next timer"]);
  });

  it("fires timers that were added meanwhile, if they fall due", async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const beat = (): void => {
      times.push(clock.now());
      clock.background(10, beat);
    };
    clock.background(10, beat);
    await clock.advance(35);
    expect(times).toEqual([10, 20, 30]);
    expect(clock.pending).toBe(1);
  });

  it("starts what slept, and reports the time it slept until", async () => {
    const clock = new VirtualClock();
    const woke = sleep(clock, 50).then(() => clock.now());
    await clock.advance(100);
    expect(await woke).toBe(50);
  });

  it("goes to the next timer, if there is one", async () => {
    const clock = new VirtualClock();
    clock.after(5, () => {});
    clock.after(5_000, () => {});
    clock.after(Number.POSITIVE_INFINITY, () => {});
    expect([await clock.next(), clock.now()]).toEqual([true, 5]);
    expect([await clock.next(), clock.now()]).toEqual([true, 5_000]);
    expect([await clock.next(), clock.now()]).toEqual([false, 5_000]);
  });

  it("does not fire what was called off, also by another timer of the same time", async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.after(5, () => {
      fired.push("first");
      cancel();
      cancel();
    });
    const cancel = clock.after(5, () => fired.push("called off"));
    clock.after(6, () => fired.push("last"));
    await clock.advance(10);
    expect(fired).toEqual(["first", "last"]);
    expect(clock.pending).toBe(0);
  });

  it("rejects with what an action throws, and goes on afterwards", async () => {
    const clock = new VirtualClock();
    clock.after(5, () => {
      throw new Error("odd");
    });
    await expect(clock.advance(10)).rejects.toThrow("odd");
    await clock.advance(10);
    expect(clock.now()).toBe(15);
  });

  it("never goes back, also when two advance it at once", async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    for (let ms = 1; ms <= 20; ms++) clock.after(ms, () => times.push(clock.now()));
    await Promise.all([clock.advance(10), clock.advance(20)]);
    expect(times).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(clock.now()).toBe(20);
  });

  it("fires any timers, some called off, as a sorted list would", async () => {
    const timers = fc.array(fc.record({ ms: fc.nat(20), calledOff: fc.boolean() }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(timers, async (all) => {
        const clock = new VirtualClock();
        const fired: number[] = [];
        const cancels = all.map(({ ms }, index) => clock.after(ms, () => fired.push(index)));
        for (const [index, { calledOff }] of all.entries()) if (calledOff) cancels[index]?.();
        const expected = [...all.entries()]
          .filter(([, { calledOff }]) => !calledOff)
          .sort(([, a], [, b]) => a.ms - b.ms);
        expect(clock.pending).toBe(expected.length);
        await clock.advance(20);
        expect(fired).toEqual(expected.map(([index]) => index));
      }),
    );
  });
});
