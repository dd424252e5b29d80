/** What the bundle is made from, so that `bundle.mjs` makes it again only when something of it has changed. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pageSources } from "./bundle-page.mjs";
import { readme } from "./bundle-readme.mjs";

const repository = fileURLToPath(new URL("../", import.meta.url));
const packages = join(repository, "packages");

/** Files, by path: what was compiled, the texts that are put in, what names and locks libraries, and the scripts that bundle. */
export function bundleInputs() {
  return [
    ...readdirSync(packages).flatMap((name) => filesIn(join(packages, name, "dist"), ".js")),
    ...readdirSync(packages).flatMap((name) => filesIn(join(packages, name, "dist"), ".d.ts")),
    readme,
    ...filesIn(join(packages, "statekeeper/scripts"), ".lua"),
    ...filesIn(join(packages, "cli/templates"), ""),
    ...filesIn(pageSources, ""),
    join(packages, "callgrid/package.json"),
    join(repository, "package-lock.json"),
    ...filesIn(join(repository, "scripts"), ".mjs").filter((path) => /\/bundle[^/]*$/.test(path)),
  ];
}

function filesIn(folder, ending) {
  const all = statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(folder, { recursive: true });
  return all.filter((path) => path.endsWith(ending)).map((path) => join(folder, path));
}
