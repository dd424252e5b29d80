import { describe, expect, it } from "vitest";
import { entryFile } from "./own-files.ts";

describe("the file that a process or thread begins with", () => {
  it.each([
    ["file:///grid/dist/heartbeat/beat.js", "file:///grid/dist/heartbeat/thread.js"],
    ["file:///grid/src/heartbeat/beat.ts", "file:///grid/dist/heartbeat/thread.js"],
    ["file:///src/grid/src/beat.ts", "file:///src/grid/dist/thread.js"],
    ["file:///src/callgrid/bundle/beat-4f.js", "file:///src/callgrid/bundle/thread.js"],
  ])("is of %s the compiled one next to it: %s", (from, found) => {
    expect(entryFile("./thread.js", from).href).toBe(found);
  });
});
