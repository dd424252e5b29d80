/**
 * Copies the repository's pages and pictures into the folder `pages`, under the paths that they have: VitePress builds pages that
 * lie within its own folder.
 */
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = fileURLToPath(new URL("pages", import.meta.url));

rmSync(pages, { recursive: true, force: true });
const listed = execFileSync("git", ["ls-files", "-z", "*.md", "*.svg"], { cwd: root, encoding: "utf8" });
for (const page of listed.split("\0").filter((path) => path !== "")) cpSync(join(root, page), join(pages, page));
