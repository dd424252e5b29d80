/**
 * Gives all packages a version, and the changes since the last release a section in the changelog: release-version.mjs VERSION.
 * The packages of the repository are released together, each bound to the others of its own version.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dependencyKinds = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
const semanticVersion = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const unreleased = "## [Unreleased]";

/** A package's manifest, or what the lock file has of it, with another version of it and of the repository's packages. */
export function withVersion(manifest, version) {
  const kinds = dependencyKinds.filter((kind) => manifest[kind] !== undefined);
  return { ...manifest, version, ...Object.fromEntries(kinds.map((kind) => [kind, bound(manifest[kind], version)])) };
}

function bound(dependencies, version) {
  const entries = Object.entries(dependencies);
  return Object.fromEntries(
    entries.map(([name, range]) => [name, /^@callgrid\/|^callgrid$/.test(name) ? version : range]),
  );
}

/** The lock file with another version of the repository's packages; libraries stay as they are. */
export function lockWithVersion(lock, version) {
  const isOurs = (path) => path === "" || /^packages\/[^/]+$/.test(path);
  const packages = Object.entries(lock.packages).map(([path, entry]) => [
    path,
    isOurs(path) ? withVersion(entry, version) : entry,
  ]);
  return { ...lock, version, packages: Object.fromEntries(packages) };
}

/** The changelog with a section for the version, of what was unreleased. Text before its first list is about what is unreleased, and goes. */
export function changelogWithVersion(changelog, version, date) {
  const [before, after, ...more] = changelog.split(`${unreleased}\n`);
  if (after === undefined || more.length > 0) throw new Error(`CHANGELOG.md: expected one "${unreleased}"`);
  const end = after.search(/^## /m);
  const section = end < 0 ? after : after.slice(0, end);
  const start = section.search(/^### /m);
  if (start < 0) throw new Error(`CHANGELOG.md: nothing under "${unreleased}" to release`);
  const older = end < 0 ? "" : after.slice(end);
  return `${before}${unreleased}\n\n## [${version}] - ${date}\n\n${section.slice(start).trimEnd()}\n${older && `\n${older}`}`;
}

/** The manifest of new projects, which need this version or a later compatible one. */
export function templateWithVersion(manifest, version) {
  return { ...manifest, dependencies: { ...manifest.dependencies, callgrid: `^${version}` } };
}

/** The Helm chart with another version of itself and of callgrid. */
export function chartWithVersion(chart, version) {
  return chart.replace(/^(version|appVersion): .*$/gm, `$1: ${version}`);
}

function changeFile(path, change) {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

function changeJson(path, change) {
  changeFile(path, (text) => `${JSON.stringify(change(JSON.parse(text)), null, 2)}\n`);
}

function release(version) {
  if (!semanticVersion.test(version)) throw new Error(`invalid version "${version}": expected one such as 1.2.3`);
  process.chdir(fileURLToPath(new URL("../", import.meta.url)));
  const folders = readdirSync("packages").map((name) => `packages/${name}/`);
  changeFile("CHANGELOG.md", (text) => changelogWithVersion(text, version, new Date().toISOString().slice(0, 10)));
  for (const folder of ["", ...folders])
    changeJson(`${folder}package.json`, (manifest) => withVersion(manifest, version));
  for (const language of ["typescript", "javascript"])
    changeJson(`packages/cli/templates/${language}/package.json`, (manifest) => templateWithVersion(manifest, version));
  changeFile("deploy/helm/callgrid/Chart.yaml", (text) => chartWithVersion(text, version));
  changeJson("package-lock.json", (lock) => lockWithVersion(lock, version));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) release(process.argv[2] ?? "");
