/** The programs of README.md and of the guides, run as they stand there, print what the pages show. */
import { expect, inject, it, onTestFinished } from "vitest";
import { CompiledPages } from "./compiled-pages.ts";
import { pages } from "./markdown.ts";
import { PageFolder, shapeOf, shownCommands } from "./page-program.ts";

const withPrograms = pages()
  .filter((page) => page === "README.md" || page.startsWith("docs/guides/"))
  .filter((page) => shownCommands(page).length > 0);

it.each(withPrograms)("what %s runs prints what it shows", async (page) => {
  const folder = await PageFolder.make(page, inject("redisUrl"));
  onTestFinished(() => folder.remove());
  for (const { command, output, isMeasured } of shownCommands(page)) {
    const printed = await folder.run(command);
    if (isMeasured) expect(shapeOf(printed), command).toEqual(shapeOf(output));
    else expect(printed, command).toBe(output);
  }
});

it("every program of README.md, the guides and OPERATIONS compiles", async () => {
  const folder = await CompiledPages.make(
    pages().filter((page) => /^(README\.md|docs\/(guides\/|OPERATIONS\.md))/.test(page)),
  );
  onTestFinished(() => folder.remove());
  expect(await folder.problems()).toBe("");
});
