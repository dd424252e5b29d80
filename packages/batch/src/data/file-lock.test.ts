import { expect, it } from "vitest";
import { isOfEarlierStart } from "./file-lock.ts";

const machineWide = "pid:[4026531836]";
const ofContainer = "pid:[4026532201]";

it.each([
  [true, "the machine before it started again", `boot1 ${machineWide} m1`, `boot2 ${machineWide} m1`],
  [false, "the machine now", `boot1 ${machineWide} m1`, `boot1 ${machineWide} m1`],
  [false, "another machine of the same host name", `boot1 ${machineWide} m2`, `boot2 ${machineWide} m1`],
  [false, "a container, which may be on another machine", `boot1 ${ofContainer} m1`, `boot2 ${machineWide} m1`],
  [false, "the machine, seen from a container", `boot1 ${machineWide} m1`, `boot2 ${ofContainer} m1`],
  [false, "a machine without an id", `boot1 ${machineWide} `, `boot2 ${machineWide} `],
  [false, "a system that does not say", "", ""],
])("a lock is of an earlier start: %s for %s", (isEarlier, _, namespace, here) => {
  expect(isOfEarlierStart(namespace, here)).toBe(isEarlier);
});
