import { describe, expect, it } from "vitest";
import { nextTime } from "./schedule-time.ts";

const at = (text: string): number => Date.parse(text);

describe("the next time of a pattern", () => {
  it.each([
    ["0 3 * * *", "UTC", "2027-01-10T02:00:00Z", "2027-01-10T03:00:00Z"],
    ["0 3 * * *", "Europe/Berlin", "2027-01-10T02:00:00Z", "2027-01-11T02:00:00Z"],
    ["0 3 * * *", "Europe/Berlin", "2027-07-10T00:30:00Z", "2027-07-10T01:00:00Z"],
    ["0 3 * * *", "Asia/Tokyo", "2027-01-10T02:00:00Z", "2027-01-10T18:00:00Z"],
    // two o'clock is not on the clock that night
    ["30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-28T01:30:00Z"],
    ["15 0 3 * * *", "UTC", "2027-01-10T02:00:00Z", "2027-01-10T03:00:15Z"],
    ["@daily", "UTC", "2027-01-10T02:00:00Z", "2027-01-11T00:00:00Z"],
    ["0 0 29 2 *", "UTC", "2027-01-10T02:00:00Z", "2028-02-29T00:00:00Z"],
    ["0 0 * * THU", "UTC", "2027-01-10T02:00:00Z", "2027-01-14T00:00:00Z"],
  ])("%s in %s after %s is %s", (cron, tz, now, next) => {
    expect(new Date(nextTime({ cron, tz }, at(now)))).toEqual(new Date(next));
  });
});

it.each([
  "",
  "   ",
  "at three",
  "0 3 * *",
  "0 3 * * * * *",
  "0 0 31 2 *",
  "0 0 30 2 *",
  "0 0 31 2,4 *",
  "99 * * * *",
  "0 25 * * *",
  "*/0 * * * *",
  "a b c d e f",
  "60 0 3 * * *",
  "@never",
  "H 3 * * *",
])("a pattern that is invalid or never occurs is refused: %j", (cron) => {
  expect(() => nextTime({ cron, tz: "UTC" }, Date.now())).toThrowError(
    expect.objectContaining({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/^submitRun\.cron must /) as unknown,
    }),
  );
});

it.each(["", "Mars/Base", "+02:00", "local", "CEST"])("an unknown zone is refused: %j", (tz) => {
  expect(() => nextTime({ cron: "0 3 * * *", tz }, Date.now())).toThrowError(
    expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining("submitRun.tz") as unknown }),
  );
});
