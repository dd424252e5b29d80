import { expect, test } from "vitest";
import { isCutOff, telling } from "./cut-off.ts";

const full = new Error("ERR max number of clients reached");
const ends = [
  Object.assign(new Error("write EPIPE"), { code: "EPIPE" }),
  Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
  new Error("Connection is closed."),
  new Error("Reached the max retries per request limit (which is 0). Refer to documentation for details."),
];

test.each(ends)("%s says only that a link ended, and never hides the reason", (end) => {
  expect(isCutOff(end)).toBe(true);
  expect(telling(full, end)).toBe(full);
  expect(telling(end, full)).toBe(full);
  expect(telling(undefined, end)).toBe(end);
});

test("of two reasons the later one counts", () => {
  const later = new Error("WRONGPASS");
  expect(telling(full, later)).toBe(later);
});
