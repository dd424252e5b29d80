/** Changes between two JSON documents as a JSON Merge Patch (RFC 7396): what a viewer is sent instead of the whole. Pure. */

/** A JSON document without `null`, which stands for a removed field in a patch. */
export type Fields = Readonly<Record<string, unknown>>;

/** What turns `before` into `after`; undefined where they are equal. Lists are replaced as a whole. */
export function patchBetween(before: Fields, after: Fields): Fields | undefined {
  const patch = new Map<string, unknown>();
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name) || after[name] === undefined) patch.set(name, null);
  }
  for (const [name, value] of Object.entries(after)) {
    if (value === undefined) continue;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (isFields(old) && isFields(value)) {
      const inner = patchBetween(old, value);
      if (inner !== undefined) patch.set(name, inner);
    } else if (!isSame(old, value)) {
      patch.set(name, value);
    }
  }
  return patch.size === 0 ? undefined : Object.fromEntries(patch);
}

/** The document after the patch; parts that it does not touch are the same objects as before. */
export function patched(document: Fields, patch: Fields): Fields {
  const fields = new Map(Object.entries(document));
  for (const [name, change] of Object.entries(patch)) {
    const old = fields.get(name);
    if (change === null) fields.delete(name);
    else fields.set(name, isFields(change) && isFields(old) ? patched(old, change) : change);
  }
  return Object.fromEntries(fields);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (Array.isArray(one) && JSON.stringify(one) === JSON.stringify(other));
}
