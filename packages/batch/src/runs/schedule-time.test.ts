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
    // nor is midnight
    ["0 0 * * *", "Africa/Cairo", "2026-04-22T22:00:00Z", "2026-04-23T22:00:00Z"],
    ["0 0 * * *", "Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"],
    ["30 0 * * *", "America/Santiago", "2026-09-05T04:30:00Z", "2026-09-06T04:30:00Z"],
    // two o'clock is on the clock twice that night
    ["30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"],
    ["30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    ["*/30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z"],
    // the clock is set by half an hour
    ["0 3 * * *", "Australia/Lord_Howe", "2026-04-04T13:20:00Z", "2026-04-04T16:30:00Z"],
    ["15 * * * *", "Australia/Lord_Howe", "2026-04-04T14:20:00Z", "2026-04-04T15:45:00Z"],
    ["*/5 * * * *", "Australia/Lord_Howe", "2026-04-04T15:05:00Z", "2026-04-04T15:10:00Z"],
    ["0 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"],
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

it("runs every half an hour go on over each change of a clock", () => {
  for (const [tz, from] of [
    ["Africa/Cairo", "2026-04-23T00:00:00Z"],
    ["Africa/Cairo", "2026-10-29T12:00:00Z"],
    ["Australia/Lord_Howe", "2026-10-03T06:00:00Z"],
    ["Europe/Berlin", "2026-10-24T18:00:00Z"],
  ] as const) {
    let now = at(from);
    for (let run = 0; run < 60; run += 1) {
      const next = nextTime({ cron: "*/30 * * * *", tz }, now);
      expect(next - now, `${tz} after ${new Date(now).toISOString()}`).toBe(1_800_000);
      now = next;
    }
  }
});
