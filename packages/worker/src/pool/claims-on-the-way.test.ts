import { VirtualClock } from "@callgrid/core";
import { expect, it } from "vitest";
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
