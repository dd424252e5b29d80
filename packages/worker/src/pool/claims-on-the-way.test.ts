import { VirtualClock } from "@callgrid/core";
import { expect, it, vi } from "vitest";
import { HoldBoard } from "../heartbeat/hold-board.ts";
import { ClaimsOnTheWay } from "./claims-on-the-way.ts";

it("what may have been taken back from a volunteer is so still when it has sent another claim", () => {
  const holds = new HoldBoard();
  const onTheWay = new ClaimsOnTheWay({ clock: new VirtualClock(), holds, onTakeback: () => undefined });
  onTheWay.begin();
  holds.beginTakeback();
  holds.endTakeback();
  onTheWay.begin();
  expect(onTheWay.end()).toBe(false);
  onTheWay.begin();
  expect(onTheWay.end()).toBe(true);
});

it("sets one timer for many claims one after the other, which lapses once none is on the way", async () => {
  const clock = new VirtualClock();
  const set = vi.spyOn(clock, "background");
  const onTheWay = new ClaimsOnTheWay({ clock, holds: new HoldBoard(), onTakeback: () => undefined });
  for (let claim = 0; claim < 1_000; claim += 1) {
    onTheWay.begin();
    onTheWay.end();
  }
  expect(set).toHaveBeenCalledTimes(1);
  await clock.advance(1_000);
  expect(clock.pending).toBe(0);
});
