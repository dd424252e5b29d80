/** The site of the repository's pages: README and CONTRIBUTING, docs, and the pages of examples and packages. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type MarkdownRenderer } from "vitepress";
import { sidebar } from "./sidebar.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const pages = fileURLToPath(new URL("../pages", import.meta.url));
const manifest = JSON.parse(readFileSync(resolve(root, "packages/callgrid/package.json"), "utf8"));
const repository: string = manifest.repository.url.replaceAll(/^git\+|\.git$/g, "");
/** Where links to sources lead, such as https://git.example/callgrid/blob/main; by default to the repository of the package. */
const sourceUrl = process.env["CALLGRID_SOURCE_URL"] ?? `${repository}/blob/main`;

/** A README is the index of its folder. */
const indexOf = (page: string): string => page.replace(/(^|\/)README\.md\b/, "$1index.md");

/** What a link of a page leads to on the site. */
function siteLink(page: string, link: string): string {
  if (/^([a-z]+:|#|\/)/.test(link)) return link;
  const [file = "", anchor] = link.split("#");
  const target = resolve(root, dirname(page), decodeURIComponent(file));
  const isFolder = existsSync(target) && statSync(target).isDirectory();
  const readme = join(file, "README.md");
  if (isFolder && existsSync(resolve(root, dirname(page), readme))) return indexOf(readme);
  if (file.endsWith(".md")) return indexOf(file) + (anchor === undefined ? "" : `#${anchor}`);
  return `${sourceUrl}/${relative(root, target)}`;
}

/** Rewrites links before VitePress checks them. */
function linkSources(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("site-links", ({ tokens, env }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === "link_open" ? token.attrGet("href") : null;
      if (href === null) continue;
      token.attrSet("href", siteLink(env.relativePath, href));
    }
  });
}

export default defineConfig({
  title: "callgrid",
  description: "A re-entrant calculation grid for TypeScript on Redis",
  srcDir: "pages",
  outDir: "./dist",
  rewrites: indexOf,
  markdown: { config: linkSources },
  vite: { build: { chunkSizeWarningLimit: 4_000 } },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    sidebar: sidebar(pages),
    nav: [
      { text: "Guides", link: "/docs/guides/" },
      { text: "Operations", link: "/docs/OPERATIONS" },
      { text: "Reference", link: "/docs/reference/options" },
    ],
  },
});
