/** Reads the repository's pages: which there are, what they link to, and what can be linked to in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository, as a path. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

const notOurs = new Set(["node_modules", "dist", "coverage", ".git", "site"]);

/** Every page by its path from the root. */
export function pages(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : pages(path);
    return entry.name.endsWith(".md") ? [relative(root, path)] : [];
  });
}

/** The text of a page. */
export function pageText(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** What a page links to: inline links, images, and definitions of references. Code is no link. */
export function linksIn(text: string): string[] {
  const prose = withoutCode(text);
  const inline = prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g);
  const defined = prose.matchAll(/^\s*\[[^\]]+\]:\s+<?([^\s>]+)>?/gm);
  return [...inline, ...defined].map((match) => match[1] ?? "");
}

/** The names under which a page's headings can be linked to, as GitHub makes them. */
export function anchorsIn(text: string): Set<string> {
  return new Set(headingsIn(text).map(({ title }) => anchorOf(title)));
}

/** A heading: its level, and its text without the marks of code. */
export interface Heading {
  readonly level: number;
  readonly title: string;
}

export function headingsIn(text: string): Heading[] {
  return [...withoutFences(text).matchAll(/^(#{1,6}) +(.+?) *$/gm)].map(([, marks = "", title = ""]) => ({
    level: marks.length,
    title: title.replaceAll("`", ""),
  }));
}

/** A fenced block: what follows its opening fence, such as `ts`, and its text. */
export interface Fence {
  readonly info: string;
  readonly text: string;
}

/** The fenced blocks of a page, in order. */
export function fencesIn(text: string): Fence[] {
  const fences = text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, info = "", block = ""]) => ({ info, text: block }));
}

/** The texts of the blocks of a page in this language, in order. */
export function blocksIn(text: string, language: string): string[] {
  return fencesIn(text).flatMap((fence) => (fence.info.split(" ")[0] === language ? [fence.text] : []));
}

function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

function withoutCode(text: string): string {
  return withoutFences(text).replace(/`[^`\n]*`/g, "");
}

function withoutFences(text: string): string {
  return text.replace(/^ *```[\s\S]*?^ *```$/gm, "");
}
