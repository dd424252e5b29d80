import { expect, it } from "vitest";
import { figureText, summaryText } from "./figure-text.ts";

it.each([
  [27_372, "27,400"],
  [0.21549, "0.215"],
  [1.8649, "1.86"],
  [1, "1"],
  [0, "0"],
  [1_234_567, "1,230,000"],
])("%d is written %s", (figure, text) => {
  expect(figureText(figure)).toBe(text);
});

it("a spread is reported where there is one", () => {
  expect(summaryText({ median: 2, min: 1, max: 3 })).toBe("2 (1–3)");
  expect(summaryText({ median: 2, min: 2, max: 2 })).toBe("2");
});
