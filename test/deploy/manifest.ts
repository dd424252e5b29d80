/** Reads Kubernetes manifests, and holds them against the schemas of their kinds. */
import { readdirSync, readFileSync } from "node:fs";
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

/** All manifests of a folder. */
export function manifestsIn(folder: URL): Manifest[] {
  return readdirSync(folder).flatMap((file) => {
    const documents = parseAllDocuments(readFileSync(new URL(file, folder), "utf8"));
    return documents.map((document) => {
      if (document.errors[0] !== undefined) throw document.errors[0];
      return { file, ...(document.toJS() as Omit<Manifest, "file">) };
    });
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
