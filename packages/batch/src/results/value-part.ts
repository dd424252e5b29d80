/** The part of a value at a path such as `range.low`, or `0` in a list; a key with a dot in it is found first. Undefined for a value without that part. */
export function valuePart(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, path)) return (value as Readonly<Record<string, unknown>>)[path];
  const dot = path.indexOf(".");
  if (dot === -1) return undefined;
  return valuePart(valuePart(value, path.slice(0, dot)), path.slice(dot + 1));
}
