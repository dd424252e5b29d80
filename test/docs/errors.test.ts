/** docs/errors.md lists the codes of packages/core/src/errors/errors.ts: all of them, and no others. */
import { errorCodes } from "callgrid";
import { expect, it } from "vitest";
import { headingsIn, pageText } from "./markdown.ts";

const page = pageText("docs/errors.md");
const sections = page.split(/^(?=## )/m).slice(1);

it("every code has its heading, in the order of the list, and every heading is a code", () => {
  const codes = headingsIn(page).filter(({ level }) => level === 2);
  expect(codes.map(({ title }) => title)).toEqual([...errorCodes]);
});

it.each(sections.map((section) => [headingsIn(section)[0]?.title ?? "", section] as const))(
  "%s has a cause and a remedy",
  (_, section) => {
    expect(section).toMatch(/^- \*\*Cause:\*\* \S/m);
    expect(section).toMatch(/^- \*\*Remedy:\*\* \S/m);
  },
);
