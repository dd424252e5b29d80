/** The values of the Helm chart: its schema takes those that there are and refuses wrong ones, and each has a comment. */
import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { isMap, parse, parseDocument, type YAMLMap } from "yaml";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const chart = "deploy/helm/callgrid";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}
const schema = JSON.parse(read(`${chart}/values.schema.json`)) as Schema;
const fits = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
const text = read(`${chart}/values.yaml`);

type Values = Readonly<Record<string, unknown>>;

/** What is wrong with the default values under these. */
function problemsOf(over: Values): string[] {
  if (fits(merged(parse(text) as Values, over))) return [];
  return (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** As Helm does it: maps are merged, and null removes what it is over. */
function merged(under: Values, over: Values): Values {
  const changed = Object.entries(over).map(([key, value]) => {
    const isDeep = isValues(value) && isValues(under[key]);
    return [key, isDeep ? merged(under[key] as Values, value) : value];
  });
  const entries = Object.entries({ ...under, ...(Object.fromEntries(changed) as Values) });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The paths of values without a comment above them, or that are missing. */
function withoutComment({ properties = {} }: Schema, values: unknown, path: string): string[] {
  return Object.entries(properties).flatMap(([key, property]) => {
    if (!isMap(values) || !values.has(key)) return [`${path}${key} is missing`];
    if (property.properties !== undefined) return withoutComment(property, values.get(key), `${path}${key}.`);
    return commentOf(values, key) === undefined ? [`${path}${key} has no comment`] : [];
  });
}

/** The comment above a key; that above the first one belongs to the map. */
function commentOf(values: YAMLMap, key: string): string | null | undefined {
  const index = values.items.findIndex((pair) => String(pair.key) === key);
  const node = values.items[index]?.key as { readonly commentBefore?: string | null } | undefined;
  return node?.commentBefore ?? (index === 0 ? values.commentBefore : undefined);
}

describe("values of the chart", () => {
  it("the default values fit the schema", () => {
    expect(problemsOf({})).toEqual([]);
  });

  it.each(readdirSync(new URL("values/", import.meta.url)))("%s fits the schema", (file) => {
    expect(problemsOf(parse(read(`test/deploy/values/${file}`)) as Values)).toEqual([]);
  });

  it("each value of the schema is there, with a comment above it", () => {
    const { global: _, ...properties } = schema.properties ?? {};
    expect(withoutComment({ properties }, parseDocument(text).contents, "")).toEqual([]);
    const bare = parseDocument("image: callgrid\n# the pool\npool: pool\n").contents;
    expect(withoutComment({ properties: { image: {}, pool: {}, grid: {} } }, bare, "")).toEqual([
      "image has no comment",
      "grid is missing",
    ]);
  });

  it.each<[Values, string]>([
    [{ workers: {} }, " must NOT have additional properties"],
    [{ image: "" }, "/image must NOT have fewer than 1 characters"],
    [{ pool: "my pool" }, "/pool must match pattern"],
    [{ grid: 2026 }, "/grid must be string"],
    [{ logLevel: "loud" }, "/logLevel must be equal to one of the allowed values"],
    [{ redis: { url: "redis.example:6379" } }, "/redis/url must match pattern"],
    [{ redis: { url: "redis://user:password@redis.example" } }, "/redis/url must match pattern"],
    [{ redis: { existingSecret: "My Secret" } }, "/redis/existingSecret must match pattern"],
    [{ redis: { maxMemory: "1Gi" } }, "/redis/maxMemory must match pattern"],
    [{ distributor: { replicas: 0 } }, "/distributor/replicas must be >= 1"],
    [
      { distributor: { scheduling: { containers: [] } } },
      "/distributor/scheduling must NOT have additional properties",
    ],
    [{ worker: { replicas: "4" } }, "/worker/replicas must be integer"],
    [{ worker: { maxUnavailable: "a quarter" } }, "/worker/maxUnavailable must match pattern"],
    [{ worker: { env: { CALLGRID_SLOTS: 4 } } }, "/worker/env/CALLGRID_SLOTS must be string"],
    [{ worker: { autoscaling: { max: 4 } } }, "/worker/autoscaling must NOT have additional properties"],
    [{ runner: { volumes: { name: "data" } } }, "/runner/volumes must be array"],
    [{ dashboard: { enabled: true } }, "/dashboard/existingSecret must NOT have fewer than 1 characters"],
    [{ probes: { liveness: { httpGet: {} } } }, "/probes/liveness must NOT have additional properties"],
  ])("%j is refused", (values, problem) => {
    expect(problemsOf(values)).toContainEqual(expect.stringContaining(problem));
  });
});
