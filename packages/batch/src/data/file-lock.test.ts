import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type FileLock, isOfEarlierStart, lockFile } from "./file-lock.ts";

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

const folder = mkdtempSync(join(tmpdir(), "callgrid-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `file-${++files}`);

/** The owner, the namespace and the start of a process that has the lock of a file here. */
function lockLines(): string[] {
  const path = newPath();
  const lock = lockFile(path) as FileLock;
  const lines = readFileSync(`${path}.lock`, "utf8").split("\n");
  lock.release();
  return lines;
}

const [, here = ""] = lockLines();
const earlier = ["another-boot", ...here.split(" ").slice(1)].join(" ");

describe.runIf(isOfEarlierStart(earlier, here))("the lock of an earlier start of this machine", () => {
  it.each([
    ["is left to a clone of the machine that touches it", 10, false],
    ["is taken over where no process has touched it since", 60, true],
    ["is taken over where the clock was set back since", -86_400, true],
  ])("%s", (_, seconds, isTakenOver) => {
    const path = newPath();
    writeFileSync(`${path}.lock`, [`process 1 on ${hostname()}`, earlier, "1"].join("\n"));
    const touched = Date.now() / 1_000 - seconds;
    utimesSync(`${path}.lock`, touched, touched);
    const lock = lockFile(path);
    expect(typeof lock === "object").toBe(isTakenOver);
    if (typeof lock === "string") expect(lock).toContain("process 1 on");
    else lock.release();
    const left = readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.`));
    expect(left.length).toBe(isTakenOver ? 0 : 1);
  });
});

it("a lock is touched while its process has it, and no longer once it is released", () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const path = newPath();
  const lock = lockFile(path) as FileLock;
  const owner = readFileSync(`${path}.lock`, "utf8");
  utimesSync(`${path}.lock`, 1, 1);
  vi.advanceTimersByTime(5_000);
  expect(statSync(`${path}.lock`).mtimeMs).toBeGreaterThan(1_000);
  expect(readFileSync(`${path}.lock`, "utf8")).toBe(owner);
  // removed by its user, and made by another process
  writeFileSync(`${path}.lock`, "process 2 of another machine");
  utimesSync(`${path}.lock`, 1, 1);
  vi.advanceTimersByTime(5_000);
  lock.release();
  expect(vi.getTimerCount()).toBe(0);
  expect([statSync(`${path}.lock`).mtimeMs, readFileSync(`${path}.lock`, "utf8")]).toEqual([
    1_000,
    "process 2 of another machine",
  ]);
});
