/**
 * deploy/kubernetes: each manifest is right by the schema of its kind, and together they name what is there. `scripts/test-deploy` checks
 * that they are what the chart renders.
 */
import type { OptionDeclarations } from "@callgrid/core";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { distributorCommand } from "../../packages/cli/src/commands/nodes/distributor.ts";
import { runnerCommand } from "../../packages/cli/src/commands/nodes/runner.ts";
import { workerCommand } from "../../packages/cli/src/commands/nodes/worker.ts";
import { PoolMetrics } from "../../packages/health/src/pool-metrics.ts";
import { at, type Manifest, manifestsIn, problemsOf, withoutPods } from "./manifest.ts";

const folder = new URL("../../deploy/kubernetes/", import.meta.url);
const manifests = manifestsIn(folder);
const withAutoscaler = manifestsIn(new URL("keda/", folder));

function ofKind(kind: string): Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

interface Container {
  readonly args: readonly string[];
  readonly env?: ReadonlyArray<{ readonly name: string }>;
  readonly ports?: ReadonlyArray<{ readonly name: string }>;
}

/** The containers that run callgrid, by its command. */
const nodes = ofKind("Deployment").map(
  (deployment) => (at(deployment, "spec.template.spec.containers") as [Container])[0],
);

describe("deploy/kubernetes", () => {
  it.each([...manifests, ...withAutoscaler].map((manifest) => [`${manifest.kind} of ${manifest.file}`, manifest]))(
    "%s fits its schema",
    (_, manifest) => {
      expect(problemsOf(manifest as Manifest)).toEqual([]);
    },
  );

  it("a wrong type and a field that does not exist are found", () => {
    const [deployment] = ofKind("Deployment");
    if (deployment === undefined) throw new Error("there is no Deployment");
    const wrong = structuredClone(deployment) as Manifest & { spec: Record<string, unknown> };
    wrong.spec["replicas"] = "2";
    expect(problemsOf(wrong)).toEqual([expect.stringContaining("replicas must be integer")]);
    wrong.spec["replicas"] = 2;
    wrong.spec["terminationGracePeriodSeconds"] = 45;
    expect(problemsOf(wrong)).toEqual(["there is no field /spec/terminationGracePeriodSeconds"]);
  });

  it("selectors find pods that there are", () => {
    expect(withoutPods(manifests)).toEqual([]);
    const others = manifests.filter(({ kind, file }) => kind !== "Deployment" || file !== "runner.yaml");
    expect(withoutPods(others).map(({ kind, file }) => [kind, file])).toEqual([["PodDisruptionBudget", "runner.yaml"]]);
  });

  it("every command is one that there is, with a budget of disruption, and its variables are its options", () => {
    const commands = new Map<string, { readonly options: OptionDeclarations }>([
      ["worker", workerCommand],
      ["distributor", distributorCommand],
      ["runner", runnerCommand],
    ]);
    const names = [...commands.keys()];
    expect(nodes.flatMap(({ args }) => args).sort()).toEqual(names.sort());
    expect(ofKind("PodDisruptionBudget")).toHaveLength(commands.size);
    const known = (name: string): string[] => Object.values(commands.get(name)?.options ?? {}).map(({ env }) => env);
    for (const { args, env = [] } of nodes) for (const { name } of env) expect(known(args[0] ?? "")).toContain(name);
    const shared = names.flatMap(known);
    for (const name of Object.keys(ofKind("ConfigMap")[0]?.data ?? {})) expect(shared).toContain(name);
  });

  it("probes ask the node's own pages, at a port that is named", () => {
    const probed = nodes.filter(({ args }) => args[0] !== "runner");
    for (const container of probed) {
      expect(container.ports).toContainEqual({ name: "health", containerPort: 9464 });
      const page = (probe: string) => at(container, `${probe}.httpGet`);
      expect(page("startupProbe")).toEqual({ path: "/healthz", port: "health" });
      expect(page("livenessProbe")).toEqual({ path: "/healthz", port: "health" });
      expect(page("readinessProbe")).toEqual({ path: "/readyz", port: "health" });
    }
    expect(probed).toHaveLength(2);
  });

  it("the autoscaler scales a Deployment that there is, by metrics that nodes serve", async () => {
    const registry = new Registry();
    new PoolMetrics("pool", registry).note(undefined);
    const served = await registry.metrics();
    const scaler = withAutoscaler.find(({ kind }) => kind === "ScaledObject");
    const scaled = withAutoscaler.find(({ kind }) => kind === "Deployment");
    expect(at(scaler, "spec.scaleTargetRef.name")).toBe(scaled?.metadata.name);
    expect(scaled?.spec).not.toHaveProperty("replicas");
    const triggers = at(scaler, "spec.triggers") as ReadonlyArray<{ readonly metadata: Record<string, string> }>;
    for (const { metadata } of triggers) {
      expect(served).toContain(`# TYPE ${metadata["valueLocation"]} gauge`);
      expect(ofKind("Service").map(({ metadata: { name } }) => `http://${name}.default:9464/metrics`)).toContain(
        metadata["url"],
      );
    }
  });
});
