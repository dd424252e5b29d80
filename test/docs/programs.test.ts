/** The programs of README.md and of the guides, run as printed, print what the pages show. */
import { expect, inject, it, onTestFinished } from "vitest";
import { CompiledPages } from "./compiled-pages.ts";
import { type Fence, fencesIn, pages, pageText } from "./markdown.ts";
import { PageFolder, shapeOf, shownCommands } from "./page-program.ts";

const pagesWithPrograms = pages().filter((page) => page === "README.md" || page.startsWith("docs/guides/"));

/** Blocks that no test runs or compiles, by page and first words, with the reason. */
const notRunHere: ReadonlyArray<readonly [page: string, start: string, reason: string]> = [
  ["README.md", "mkdir demo", "scripts/test-package installs the packed package with the same commands"],
  [
    "docs/guides/containers.md",
    "docker compose build",
    "scripts/test-compose runs these commands; they need a container engine",
  ],
  ["docs/guides/containers.md", "helm install", "scripts/test-deploy renders the chart; this needs a cluster"],
  ["docs/guides/containers.md", "kubectl apply", "scripts/test-deploy checks the manifests; this needs a cluster"],
  ["docs/guides/coming-from.md", "from dask", "a program of another library, which needs Python"],
  ["docs/guides/coming-from.md", "import ray", "a program of another library, which needs Python"],
  [
    "docs/guides/sweeps.md",
    "callgrid sweep pack",
    "takes a minute; the long form of test/cli/packed-sweep.test.ts packs and runs a sweep with these commands",
  ],
  [
    "docs/guides/runs.md",
    "npx callgrid runner",
    "runs until it is stopped; the tests of the runner start it with these flags",
  ],
  ["docs/guides/servers.md", "CALLGRID_TEST_SERVER", "runs all tests on a server of the reader's choice"],
  ["docs/guides/trees.md", "npx callgrid distributor", "needs a second Redis on another machine"],
];

/** `scripts/test-docs` runs the programs of all pages, each other run of the tests those of README.md. */
const pagesToRun = process.env["CALLGRID_DOCS"] === "full" ? pagesWithPrograms : ["README.md"];

it.each(pagesToRun.filter((page) => shownCommands(page).length > 0))(
  "what %s runs prints what it shows",
  async (page) => {
    const folder = await PageFolder.make(page, inject("redisUrl"));
    onTestFinished(() => folder.remove());
    for (const { command, output, isMeasured } of shownCommands(page)) {
      const printed = await folder.run(command);
      if (isMeasured) expect(shapeOf(printed), command).toEqual(shapeOf(output));
      else expect(printed, command).toBe(output);
    }
  },
);

it("every program of README.md, the guides and OPERATIONS compiles", async () => {
  const folder = await CompiledPages.make([...pagesWithPrograms, "docs/OPERATIONS.md"]);
  onTestFinished(() => folder.remove());
  expect(await folder.problems()).toBe("");
});

it("every other block of README.md and the guides has a reason why it is not run here", () => {
  const unchecked = pagesWithPrograms.flatMap((page) =>
    fencesIn(pageText(page))
      .filter((fence) => !isChecked(page, fence))
      .map(({ text }) => [page, text] as const),
  );
  const withoutReason = unchecked.filter(
    ([page, text]) => !notRunHere.some(([ofPage, start]) => ofPage === page && text.startsWith(start)),
  );
  expect(withoutReason).toEqual([]);
  expect(unchecked.length).toBe(notRunHere.length);
});

/** Whether a block is compiled, is a file of a program, is run, or is what a run prints. */
function isChecked(page: string, { info, text }: Fence): boolean {
  if (info === "ts" || info === "js") return true;
  const shown = shownCommands(page);
  return shown.some(({ block, output }) => (info.startsWith("text") ? output === text : block === text));
}
