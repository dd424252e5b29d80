/** Pages link to files and to headings of each other; a file that is moved takes its links along, or fails here. */
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { sidebar } from "../../docs/site/.vitepress/sidebar.ts";
import { anchorsIn, linksIn, pages, pageText, root } from "./markdown.ts";

/** Why a link leads nowhere; undefined for one that leads somewhere, or out of the repository. */
function problemOf(page: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? page : join(dirname(page), decodeURIComponent(file));
  if (target.startsWith("..")) return `${link} leads out of the repository`;
  if (!existsSync(join(root, target))) return `${link}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith(".md")) return undefined;
  return anchorsIn(pageText(target)).has(anchor) ? undefined : `${link}: ${target} has no heading for #${anchor}`;
}

it.each(pages())("every relative link of %s leads somewhere", (page) => {
  const problems = linksIn(pageText(page)).flatMap((link) => problemOf(page, link) ?? []);
  expect(problems).toEqual([]);
});

it("a link to nothing is found, and code is no link", () => {
  const text = "[a](nowhere.md) `[b](code.md)`\n\n```md\n[c](fenced.md)\n```\n\n[d]: also-nowhere.md\n";
  expect(linksIn(text)).toEqual(["nowhere.md", "also-nowhere.md"]);
  expect(problemOf("README.md", "nowhere.md")).toBe("nowhere.md: there is no nowhere.md");
  expect(problemOf("README.md", "README.md#no-such-heading")).toContain("no heading");
  expect(problemOf("README.md", "https://example.org/nowhere")).toBeUndefined();
});

/** The pages that links lead to from these pages, directly or through others, and the pages themselves. */
function reachedFrom(starts: readonly string[]): Set<string> {
  const reached = new Set(starts);
  for (const page of reached) {
    const targets = linksIn(pageText(page)).map((link) => join(dirname(page), link.split("#")[0] ?? ""));
    for (const target of targets) {
      const isFolder = existsSync(join(root, target)) && statSync(join(root, target)).isDirectory();
      const found = isFolder ? join(target, "README.md") : target;
      if (found.endsWith(".md") && existsSync(join(root, found))) reached.add(found);
    }
  }
  return reached;
}

it("every page is reached from README.md or the sidebar of the site", () => {
  const entries = sidebar(root).flatMap(({ items }) => items.map(({ link }) => link.slice(1)));
  const listed = entries.map((link) => (link === "" || link.endsWith("/") ? `${link}README.md` : `${link}.md`));
  const reached = reachedFrom(["README.md", ...listed]);
  expect(pages().filter((page) => !reached.has(page) && !page.startsWith(".github/"))).toEqual([]);
  const inSidebar = new Set(listed);
  expect(pages().filter((page) => page.startsWith("docs/") && !inSidebar.has(page))).toEqual([]);
});
