/**
 * Random damage to a pool on Redis: in every place that a peer writes, text of another version, text that was cut, and text of no
 * callgrid at all.
 */
import fc from "fast-check";
import type { Redis } from "ioredis";

/** One text in one place. */
export interface Damage {
  /** A key's name after the pool's prefix. */
  readonly key: string;
  readonly kind: "list" | "hash" | "text" | "scores";
  /** Of a hash. */
  readonly field: string;
  readonly text: string;
}

/** The names that the damage is about. */
export interface DamageTargets {
  readonly ids: readonly string[];
  readonly processes: readonly string[];
  /** Members that may be noted as volunteers: a request that is given to any other process is lost. */
  readonly volunteers: readonly string[];
  readonly functionNames: readonly string[];
}

/** Damage in one of all places. */
export function damageTo({ ids, processes, volunteers, functionNames }: DamageTargets): fc.Arbitrary<Damage> {
  const id = fc.constantFrom(...ids);
  const process = fc.constantFrom(...processes);
  const record = `${processes[0] ?? ""} use 0 0 0 queue-of-pool\n["${functionNames[0] ?? ""}",1]`;
  const list = (key: fc.Arbitrary<string>, ...texts: string[]) => damage("list", key, fc.constant(""), texts);
  const hash = (name: string, field: fc.Arbitrary<string>, ...texts: string[]) =>
    damage("hash", fc.constant(name), field, texts);
  const text = (key: fc.Arbitrary<string>, ...texts: string[]) => damage("text", key, fc.constant(""), texts);
  const note = fc.tuple(fc.constantFrom("suspended", "progress"), id).map((parts) => parts.join(" "));
  const outcomes = ids.flatMap((of) => [
    ...[`outcome ${of} v1#0 =1`, `outcome ${of} #0 !{"msg":"no","code":"TIMEOUT","req":""}`, `reference ${of}`],
  ]);
  const messages = ids.flatMap((of) => [
    ...[`cancel ${of}`, `forget ${of}`, `started ${of}`, `run ${of} 1 ${record}`, `copy ${of} 1 ${record}`],
  ]);
  return fc.oneof(
    list(
      process.map((of) => `inbox:${of}`),
      "functions",
      "hello 1",
      ...messages,
      ...outcomes,
    ),
    list(
      process.map((of) => `outcomes:${of}`),
      ...messages,
      ...outcomes,
    ),
    damage("scores", fc.constant("queue-of-pool"), fc.constant(""), ids),
    list(
      process.map((of) => `lost:${of}`),
      ...ids,
    ),
    hash("requests", id, record, `${record}\ntrace`, record.replace("0 0 0 queue-of-pool", "5 1 2 - large")),
    hash("payloads", id, record.slice(record.indexOf("\n") + 1)),
    hash("claims", id, "w1 1", "w1 1 noted", "w1 1 copied"),
    hash("notes", note, "1 2", ids.join("")),
    hash("reports", id, '{"worker":"w1"}'),
    hash("members", process, '{"kind":"worker","description":{"slots":1},"functions":{"add":"v1"}}'),
    ...volunteers.map((of) => hash("volunteers", fc.constant(of), "1 1 1 roots 1 - ", "1 2 1 ahead 2.5 add box cut")),
    hash("hosts", process, '{"score":1,"minWorkers":0,"maxWorkers":4,"description":{}}'),
    hash("expected", process, "1 99999999999999 5 5"),
    hash("functions", fc.constantFrom(...functionNames), "v1#0"),
    hash("versions", fc.constantFrom(...functionNames), "v1 v2"),
    hash("mismatches", fc.constantFrom(...functionNames), 'v1 1 {"requestId":"a","request":"[]","evaluations":[]}'),
    hash("costs", fc.constantFrom(...functionNames), "500 20"),
    text(
      id.map((of) => `value:${of}`),
      "v1#0 =1",
      'v1#0 ~{"json":2}',
    ),
    text(fc.constant("capacity"), '1 {"desiredWorkers":1,"shares":{"h1":1}}'),
    text(fc.constant("preferences"), "recent score"),
  );
}

/** Writes it. */
export async function inflict(redis: Redis, prefix: string, { key, kind, field, text }: Damage): Promise<void> {
  const whole = prefix + key;
  if (kind === "hash") await redis.hset(whole, field, text);
  else if (kind === "text") await redis.set(whole, text);
  else if (kind === "list") await redis.rpush(whole, text);
  else if ((await redis.zadd(whole, "NX", 1, text)) === 1) await redis.incr(`${prefix}waiting`);
}

function damage(
  kind: Damage["kind"],
  key: fc.Arbitrary<string>,
  field: fc.Arbitrary<string>,
  texts: readonly string[],
): fc.Arbitrary<Damage> {
  return fc.record({ key, kind: fc.constant(kind), field, text: damaged(fc.constantFrom(...texts)) });
}

/** The text as it is, of another version, cut, with a part replaced, and unrelated text. */
function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const strange = fc.oneof(
    fc.string(),
    fc.constantFrom("", " ", "\n", "null", "[]", "{}", "NaN", "-1", "1e999", "__proto__"),
  );
  const spliced = fc.tuple(text, fc.nat(60), fc.nat(60), strange).map(([whole, start, cut, put]) => {
    const at = Math.min(start, whole.length);
    return whole.slice(0, at) + put + whole.slice(at + cut);
  });
  return fc.oneof(
    text,
    text.map((whole) => `2 ${whole}`),
    spliced,
    strange,
    fc.string({ unit: "binary", maxLength: 200 }),
  );
}
