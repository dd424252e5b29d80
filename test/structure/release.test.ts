/** What `scripts/release` changes, and what its SBOM lists. `scripts/release --dry-run VERSION` makes a whole release in a temporary clone. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}
interface Versions {
  withVersion(manifest: Manifest, version: string): Manifest;
  templateWithVersion(manifest: Manifest, version: string): Manifest;
  chartWithVersion(chart: string, version: string): string;
  lockWithVersion(lock: object, version: string): { readonly packages: Readonly<Record<string, Manifest>> };
  changelogWithVersion(changelog: string, version: string, date: string): string;
}
interface Sboms {
  packageSbom(sbom: object, bundled: ReadonlySet<string>, declared: readonly string[]): unknown;
}

const script = (name: string): string => new URL(`../../scripts/${name}`, import.meta.url).href;
const { withVersion, templateWithVersion, chartWithVersion, lockWithVersion, changelogWithVersion }: Versions =
  await import(script("release-version.mjs"));
const { packageSbom }: Sboms = await import(script("release-sbom.mjs"));
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("a release changes versions of the repository's packages, and of no library", () => {
  const dependencies = { "@callgrid/core": "0.1.0", callgrid: "0.1.0", ioredis: "^6.0.0" };
  expect(withVersion({ version: "0.1.0", dependencies }, "0.2.0")).toEqual({
    version: "0.2.0",
    dependencies: { "@callgrid/core": "0.2.0", callgrid: "0.2.0", ioredis: "^6.0.0" },
  });
});

test("new projects need the released version, or a later compatible one", () => {
  const dependencies = { callgrid: "^0.1.0", tsx: "^4.0.0" };
  expect(templateWithVersion({ dependencies }, "0.2.0")).toEqual({
    dependencies: { callgrid: "^0.2.0", tsx: "^4.0.0" },
  });
});

test("the Helm chart is released with the packages", () => {
  const chart = read("deploy/helm/callgrid/Chart.yaml");
  const { version = "" } = JSON.parse(read("package.json")) as Manifest;
  expect(chartWithVersion(chart, version)).toBe(chart);
  expect(parse(chartWithVersion(chart, "9.8.7"))).toMatchObject({
    version: "9.8.7",
    appVersion: "9.8.7",
    apiVersion: "v2",
  });
});

test("the lock file of a release differs in versions of the repository's packages", () => {
  const lock = JSON.parse(read("package-lock.json"));
  const { packages } = lockWithVersion(lock, "9.8.7");
  for (const [path, entry] of Object.entries(packages)) {
    const isOurs = path === "" || path.startsWith("packages/");
    expect(entry, path).toEqual(isOurs ? withVersion(lock.packages[path], "9.8.7") : lock.packages[path]);
  }
  expect(packages["packages/callgrid"]?.version).toBe("9.8.7");
});

test("the first release takes over all of the unreleased changes, without what is said of them until then", () => {
  const changelog = "# Changelog\n\n## [Unreleased]\n\nNothing has been released yet.\n\n### Added\n\n- One.\n";
  expect(changelogWithVersion(changelog, "0.1.0", "2027-01-02")).toBe(
    "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2027-01-02\n\n### Added\n\n- One.\n",
  );
});

test("a later release leaves the sections of earlier ones as they are", () => {
  const older = "## [0.1.0] - 2027-01-02\n\n### Added\n\n- One.\n";
  expect(changelogWithVersion(`## [Unreleased]\n\n### Fixed\n\n- Two.\n\n${older}`, "0.2.0", "2027-02-03")).toBe(
    `## [Unreleased]\n\n## [0.2.0] - 2027-02-03\n\n### Fixed\n\n- Two.\n\n${older}`,
  );
});

test("a release without changes is refused", () => {
  const changelog = "## [Unreleased]\n\n## [0.1.0] - 2027-01-02\n\n### Added\n\n- One.\n";
  expect(() => changelogWithVersion(changelog, "0.2.0", "2027-02-03")).toThrow('nothing under "## [Unreleased]"');
});

test("the changelog has changes to release", () => {
  expect(changelogWithVersion(read("CHANGELOG.md"), "9.8.7", "2027-01-02")).toContain(
    "## [9.8.7] - 2027-01-02\n\n### Added\n",
  );
});

test("the SBOM lists what is in the bundle and what is installed with it, and nothing for tests or builds", () => {
  const component = (name: string) => ({ "bom-ref": `${name}@1`, name, version: "1" });
  const names = ["callgrid", "bundled", "installed", "needed", "only-tests", "core"];
  const sbom = {
    metadata: { component: component("workspace") },
    components: names.map(component),
    dependencies: [
      { ref: "workspace@1", dependsOn: ["callgrid@1", "core@1", "only-tests@1"] },
      { ref: "callgrid@1", dependsOn: ["installed@1", "core@1"] },
      { ref: "core@1", dependsOn: ["bundled@1"] },
      { ref: "bundled@1", dependsOn: ["only-tests@1"] },
      { ref: "installed@1", dependsOn: ["needed@1"] },
      { ref: "needed@1", dependsOn: ["installed@1"] },
    ],
  };
  expect(packageSbom(sbom, new Set(["bundled 1"]), ["installed"])).toEqual({
    metadata: { component: component("callgrid") },
    components: ["bundled", "installed", "needed"].map(component),
    dependencies: [
      { ref: "callgrid@1", dependsOn: ["bundled@1", "installed@1"] },
      { ref: "bundled@1", dependsOn: [] },
      { ref: "installed@1", dependsOn: ["needed@1"] },
      { ref: "needed@1", dependsOn: ["installed@1"] },
    ],
  });
});
