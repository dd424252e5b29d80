import { expect, it } from "vitest";
import { nextMoment } from "./moment.ts";

const noon = new Date(2027, 0, 4, 12, 0, 0);

it.each<[string, Date]>([
  ["18:00", new Date(2027, 0, 4, 18)],
  [" 9:30", new Date(2027, 0, 5, 9, 30)],
  ["12:00", noon],
  ["23:59:58", new Date(2027, 0, 4, 23, 59, 58)],
  ["2027-01-04T18:00", new Date(2027, 0, 4, 18)],
  ["2027-01-05T18:00:00Z", new Date(Date.UTC(2027, 0, 5, 18))],
])("%s is the next such moment", (text, moment) => {
  expect(nextMoment(text, "--at", noon)).toEqual(moment);
});

it("without a text there is no moment", () => {
  expect(nextMoment(undefined, "--at", noon)).toBeUndefined();
});

it.each(["24:00", "6pm", "tomorrow", "", "2027-13-01T00:00", "2027-01-04", "1796040000000"])(
  "%j is refused with the forms that are understood",
  (text) => {
    expect(() => nextMoment(text, "--at", noon)).toThrowError(/--at must be a time such as 18:00/);
  },
);

it("a date and time that has passed is refused", () => {
  expect(() => nextMoment("2027-01-04T11:59", "--at", noon)).toThrowError("--at has passed: 2027-01-04T11:59");
});
