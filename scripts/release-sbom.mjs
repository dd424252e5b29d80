/**
 * Prints the SBOM (CycloneDX) of the package that users install: the libraries in its bundle, and those that npm installs with it.
 * npm lists all that the repository's packages need; what is only for their tests and builds is left out here.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../", import.meta.url));
const licences = `${repository}packages/callgrid/bundle/THIRD-PARTY-LICENSES.txt`;

/** The SBOM of the package `callgrid`: of npm's SBOM of the workspaces, what is in the bundle (`bundled`, "name version") or installed. */
export function packageSbom(sbom, bundled, declared) {
  const own = componentNamed(sbom, "callgrid");
  const inBundle = sbom.components.filter(({ name, version }) => bundled.has(`${name} ${version}`));
  const needed = [...inBundle, ...declared.map((name) => componentNamed(sbom, name))].map((each) => each["bom-ref"]);
  const installed = reachedFrom(
    declared.map((name) => componentNamed(sbom, name)["bom-ref"]),
    sbom.dependencies,
  );
  const kept = new Set([...needed, ...installed]);
  const dependencies = sbom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
  return {
    ...sbom,
    metadata: { ...sbom.metadata, component: own },
    components: sbom.components.filter((component) => kept.has(component["bom-ref"])),
    dependencies: [{ ref: own["bom-ref"], dependsOn: [...new Set(needed)] }, ...dependencies],
  };
}

/** The titles in the bundle's licences, "name version". */
export function bundledLibraries(texts) {
  return new Set([...texts.matchAll(/^-{80}\n(\S+ \S+) \(/gm)].map(([, title]) => title));
}

function componentNamed({ components }, name) {
  const found = components.find((component) => component.name === name);
  if (found === undefined) throw new Error(`npm sbom lists no ${name}`);
  return found;
}

function reachedFrom(refs, dependencies, reached = new Set()) {
  for (const ref of refs.filter((each) => !reached.has(each))) {
    reached.add(ref);
    reachedFrom(dependencies.find((each) => each.ref === ref)?.dependsOn ?? [], dependencies, reached);
  }
  return reached;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = ["sbom", "--sbom-format", "cyclonedx", "--workspace", "callgrid"];
  const sbom = JSON.parse(execFileSync("npm", args, { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 26 }));
  const { dependencies } = JSON.parse(readFileSync(`${repository}packages/callgrid/package.json`, "utf8"));
  const bundled = bundledLibraries(readFileSync(licences, "utf8"));
  console.log(JSON.stringify(packageSbom(sbom, bundled, Object.keys(dependencies)), null, 2));
}
