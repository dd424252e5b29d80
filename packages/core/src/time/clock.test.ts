import { describe, expect, it } from "vitest";
import { sleep, systemClock } from "./clock.ts";

describe("the system clock", () => {
  it("reports ms since the epoch and never goes back", () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(60_000);
    let before = systemClock.now();
    for (let round = 0; round < 1_000; round++) {
      const now = systemClock.now();
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
  });

  it("fires timers in the order of their time, and not those called off", async () => {
    const fired: string[] = [];
    const cancel = systemClock.after(5, () => fired.push("called off"));
    systemClock.after(20, () => fired.push("second"));
    systemClock.background(10, () => fired.push("first"));
    cancel();
    await sleep(systemClock, 30);
    cancel();
    expect(fired).toEqual(["first", "second"]);
  });

  it("does not fire timers of more than 24 days at once", async () => {
    const fired: string[] = [];
    const cancel = systemClock.after(2 ** 31 + 5, () => fired.push("too early"));
    await sleep(systemClock, 5);
    cancel();
    expect(fired).toEqual([]);
  });

  it("takes a turn after all promises", async () => {
    const order: string[] = [];
    const turn = new Promise<void>((resolve) => systemClock.turn(() => resolve(void order.push("turn"))));
    for (let round = 0; round < 10; round++) await Promise.resolve();
    order.push("promises");
    await turn;
    expect(order).toEqual(["promises", "turn"]);
  });

  it("lets the process end while only background timers wait", () => {
    // Node lists what keeps a process alive.
    const waiting = (): number => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    const before = waiting();
    const cancelBackground = systemClock.background(60_000, () => {});
    expect(waiting()).toBe(before);
    const cancel = systemClock.after(60_000, () => {});
    expect(waiting()).toBe(before + 1);
    cancel();
    cancelBackground();
    expect(waiting()).toBe(before);
  });

  it("refuses a delay that is not a number", () => {
    expect(() => systemClock.after(Number.NaN, () => {})).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
