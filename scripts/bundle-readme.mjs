/** Makes the README of the package that users install of the repository's: its links lead to the repository's pages. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../", import.meta.url));
const target = join(repository, "packages/callgrid");
const relativeLink = /\]\((?!https?:|#)([^)\s]+)\)/g;

export const readme = join(repository, "README.md");

export function bundleReadme() {
  const { url } = JSON.parse(readFileSync(join(target, "package.json"), "utf8")).repository;
  const pages = url.replace(/^git\+|\.git$/g, "");
  const text = readFileSync(readme, "utf8").replaceAll(relativeLink, `](${pages}/blob/main/$1)`);
  writeFileSync(join(target, "README.md"), text);
}
