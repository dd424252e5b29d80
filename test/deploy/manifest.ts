/** Reads Kubernetes manifests, and holds them against the schemas of their kinds. */
import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { Service } from "kubernetes-models/v1/Service";
import { parseAllDocuments } from "yaml";

/** A manifest as it is written. */
export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

const kinds = [ConfigMap, Deployment, PodDisruptionBudget, ScaledObject, Service, StatefulSet];

/** All manifests of a folder, without those of folders in it. Those of a file are by kind, since helm orders them in a way of its own. */
export function manifestsIn(folder: URL): Manifest[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
  return files.flatMap((file) => {
    const documents = parseAllDocuments(readFileSync(new URL(file, folder), "utf8"));
    const manifests = documents.map((document): Manifest => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      return { file, ...(document.toJS() as Omit<Manifest, "file">) };
    });
    return manifests.sort((one, other) => one.kind.localeCompare(other.kind));
  });
}

/** What is at this path in a manifest, such as `spec.selector`. */
export function at(manifest: unknown, path: string): unknown {
  return path.split(".").reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], manifest);
}

/** The manifests whose selector finds no pods of these manifests. */
export function withoutPods(manifests: readonly Manifest[]): Manifest[] {
  const labels = manifests.map((manifest) => at(manifest, "spec.template.metadata.labels"));
  return manifests.filter((manifest) => {
    const selector = at(manifest, "spec.selector");
    const wanted = at(selector, "matchLabels") ?? selector;
    return selector !== undefined && !labels.some((one) => isDeepStrictEqual(one, wanted));
  });
}

/** What is wrong with a manifest by the schema of its kind, fields that the schema does not have included. */
export function problemsOf({ file: _, ...manifest }: Manifest): string[] {
  const kind = kinds.find((one) => one.kind === manifest.kind && one.apiVersion === manifest.apiVersion);
  if (kind === undefined) return [`there is no schema for ${manifest.apiVersion} ${manifest.kind}`];
  const seen = new Set<string>();
  try {
    kind.prototype.validate.call(watched(manifest, "", seen));
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  return pathsIn(manifest, "")
    .filter((path) => !seen.has(path))
    .map((path) => `there is no field ${path}`);
}

/** The schemas allow fields that they do not know. But a validator looks at each field that it does know: note which. */
function watched<Value extends object>(value: Value, path: string, seen: Set<string>): Value {
  return new Proxy(value, {
    get: (target, key, receiver) => {
      const field: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol") return field;
      seen.add(`${path}/${key}`);
      return typeof field === "object" && field !== null ? watched(field, `${path}/${key}`, seen) : field;
    },
  });
}

function pathsIn(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => [`${path}/${key}`, ...pathsIn(field, `${path}/${key}`)]);
}
