/** What the Helm chart renders to: right by the schemas of the kinds, with what its values ask for, and the same as deploy/kubernetes. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { dashboardCommand } from "../../packages/cli/src/commands/pools/dashboard.ts";
import { at, type Manifest, manifestsIn, problemsOf, withoutPods } from "./manifest.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The manifests that the chart renders to with files of test/deploy/values. */
function rendered(files: readonly string[] = [], release = "callgrid"): Manifest[] {
  const folder = mkdtempSync(join(tmpdir(), "callgrid-rendered-"));
  try {
    const values = files.map((file) => path(`values/${file}.yaml`));
    execFileSync(path("../../scripts/render-chart"), [folder, ...values], {
      env: { ...process.env, CALLGRID_RELEASE: release },
      stdio: ["ignore", "ignore", "inherit"],
    });
    return manifestsIn(pathToFileURL(`${folder}/`));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const byDefault = rendered();
const autoscaling = rendered(["autoscaling"]);
const dashboard = rendered(["dashboard"]);
const externalSecret = rendered(["external-secret"]);

const committed = (folder: string): Manifest[] =>
  manifestsIn(new URL(`../../deploy/kubernetes/${folder}`, import.meta.url));
const named = (manifests: readonly Manifest[], kind: string, name: string): Manifest | undefined =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === `callgrid${name}`);
const container = (manifest: Manifest | undefined): unknown => at(manifest, "spec.template.spec.containers.0");

test.each(Object.entries({ byDefault, autoscaling, dashboard, externalSecret }))(
  "%s: each manifest fits its schema, and selectors find pods",
  (_, manifests) => {
    expect(manifests.flatMap((one) => problemsOf(one).map((problem) => [one.file, problem]))).toEqual([]);
    expect(withoutPods(manifests)).toEqual([]);
  },
);

test("deploy/kubernetes is what the chart renders; scripts/render-chart writes it", () => {
  expect(committed("")).toEqual(byDefault);
  const isOfWorkers = ({ file }: Manifest): boolean => file === "autoscaler.yaml" || file === "worker.yaml";
  expect(committed("keda/")).toEqual(autoscaling.filter(isOfWorkers));
});

test("the dashboard is served under a token of a secret, to the names that it may be asked by", () => {
  const pod = named(dashboard, "Deployment", "-dashboard");
  expect(container(pod)).toMatchObject({
    args: ["dashboard"],
    image: "callgrid",
    imagePullPolicy: "Always",
    ports: [{ name: "http", containerPort: 8417 }],
    readinessProbe: { httpGet: { path: "/", port: "http" } },
  });
  expect(at(container(pod), "envFrom")).toContainEqual({ secretRef: { name: "callgrid-dashboard" } });
  const variables = at(container(pod), "env") as ReadonlyArray<{ readonly name: string; readonly value: string }>;
  expect(variables).toContainEqual({ name: "CALLGRID_DASHBOARD_HOST", value: "0.0.0.0" });
  expect(variables).toContainEqual({ name: "CALLGRID_DASHBOARD_HOSTS", value: "callgrid.example.com" });
  const known = Object.values(dashboardCommand.options).map(({ env }) => env);
  for (const { name } of variables) expect(known).toContain(name);
  expect(at(pod, "spec.template.spec")).toMatchObject({
    imagePullSecrets: [{ name: "registry" }],
    nodeSelector: { "kubernetes.io/os": "linux" },
  });
  expect(at(named(dashboard, "Service", "-dashboard"), "spec.ports.0.port")).toBe(8417);
});

test("with the URL of Redis in a secret, all pods read it there, and the chart starts no Redis", () => {
  expect(externalSecret.filter(({ kind }) => kind === "StatefulSet")).toEqual([]);
  expect(named(externalSecret, "ConfigMap", "")?.data).toMatchObject({
    CALLGRID_POOL: "prices",
    CALLGRID_GRID: "2026",
  });
  expect(named(externalSecret, "ConfigMap", "")?.data).not.toHaveProperty("CALLGRID_URL");
  const pods = externalSecret.filter(({ kind }) => kind === "Deployment");
  expect(pods).toHaveLength(3);
  for (const pod of pods)
    expect(at(container(pod), "envFrom")).toContainEqual({ secretRef: { name: "callgrid-redis" } });
});

test("values of a role are those of its pods", () => {
  const worker = named(externalSecret, "Deployment", "-worker");
  expect(at(worker, "spec.replicas")).toBe(4);
  expect(container(worker)).toMatchObject({
    image: "registry.example.com/prices:17",
    env: [
      { name: "CALLGRID_DATA_FOLDER", value: "/data" },
      { name: "CALLGRID_DRAIN_TIMEOUT_MS", value: "30s" },
    ],
    volumeMounts: [{ name: "scratch" }, { name: "data", mountPath: "/data", readOnly: true }],
  });
  expect(at(worker, "spec.template.spec.volumes.1.persistentVolumeClaim.claimName")).toBe("prices");
  expect(at(named(externalSecret, "PodDisruptionBudget", "-worker"), "spec.maxUnavailable")).toBe(2);
  expect(at(container(named(externalSecret, "Deployment", "-distributor")), "env")).toContainEqual({
    name: "CALLGRID_MAX_WORKERS",
    value: "1000000",
  });
  expect(container(named(externalSecret, "Deployment", "-runner"))).not.toHaveProperty("env");
});

test("a change of the configuration changes the pods, so that they start again", () => {
  const annotations = (manifests: readonly Manifest[]): unknown =>
    at(named(manifests, "Deployment", "-worker"), "spec.template.metadata.annotations");
  expect(annotations(externalSecret)).not.toEqual(annotations(byDefault));
  expect(annotations(dashboard)).toEqual(annotations(byDefault));
});

test("objects of another release have its name, and select pods of their own", () => {
  const manifests = rendered([], "2026");
  expect(manifests.flatMap(problemsOf)).toEqual([]);
  for (const { metadata } of manifests) expect(metadata.name).toMatch(/^2026-callgrid(-|$)/);
  expect(withoutPods(manifests)).toEqual([]);
  const selectors = manifests.flatMap((manifest) => at(manifest, "spec.selector.matchLabels") ?? []);
  expect(selectors).not.toEqual([]);
  for (const selector of selectors) expect(selector).toHaveProperty(["app.kubernetes.io/instance"], "2026");
  expect(manifests.find(({ kind }) => kind === "ConfigMap")?.data).toMatchObject({
    CALLGRID_URL: "redis://2026-callgrid-redis:6379",
  });
});
