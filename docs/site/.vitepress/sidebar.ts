/** The sidebar: every page of the site, by its folder, under the title that the page has. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Entry {
  readonly text: string;
  readonly link: string;
}

export interface Section {
  readonly text: string;
  readonly collapsed: boolean;
  readonly items: readonly Entry[];
}

/** Folders in the order of the sidebar. */
const sections = [
  { text: "Guides", folder: "docs/guides", collapsed: false },
  {
    text: "Operations",
    pages: ["OPERATIONS", "DASHBOARD", "RELIABILITY", "PERFORMANCE", "SCALING"],
    folder: "docs/scaling",
    collapsed: false,
  },
  { text: "Reference", folder: "docs/reference", pages: ["errors", "GLOSSARY"], collapsed: false },
  { text: "API", folder: "api", collapsed: true },
  { text: "Examples", folder: "examples", collapsed: true },
  { text: "Measurements", folder: "bench", collapsed: true },
  { text: "Internals", pages: ["ARCHITECTURE"], folder: "packages", collapsed: true },
  { text: "Decisions", folder: "docs/decisions", collapsed: true },
] as const;

export function sidebar(root: string): Section[] {
  const first = {
    text: "Get started",
    collapsed: false,
    items: ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md"].map((page) =>
      entryOf(root, page),
    ),
  };
  return [
    first,
    ...sections.map((section) => {
      const named = "pages" in section ? section.pages.map((page) => `docs/${page}.md`) : [];
      const found = "folder" in section ? pagesBelow(root, section.folder) : [];
      return {
        text: section.text,
        collapsed: section.collapsed,
        items: [...named, ...found].map((page) => entryOf(root, page)),
      };
    }),
  ];
}

/** The pages of a folder and of its folders, a README first. The pages of the API exist only while the site is built. */
function pagesBelow(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map(({ name }) => `${folder}/${name}`);
  const folders = entries.filter(
    (entry) => entry.isDirectory() && !["node_modules", "dist", "src"].includes(entry.name),
  );
  files.sort(
    (one, other) => Number(other.endsWith("README.md")) - Number(one.endsWith("README.md")) || one.localeCompare(other),
  );
  return [...files, ...folders.flatMap(({ name }) => pagesBelow(root, `${folder}/${name}`))];
}

function entryOf(root: string, page: string): Entry {
  const title = /^# (.+)$/m.exec(readFileSync(join(root, page), "utf8"))?.[1] ?? page;
  return { text: title.replaceAll("`", ""), link: `/${page.replace(/(^|\/)README\.md$/, "$1").replace(/\.md$/, "")}` };
}
