/**
 * Property names that never travel, because a receiver that merges or assigns them changes prototypes.
 * They are refused on the way out, where the sender learns the path, and again on the way in, where text may be forged.
 */

/** Whether an object with this own property is refused. */
export function isForbiddenKey(key: string): boolean {
  return key === "__proto__" || key === "constructor" || key === "prototype";
}

/**
 * Finds a forbidden property name in parsed JSON. `text` is what it was parsed from: nearly always it shows at once
 * that nothing can be wrong. An escape in the text may hide a name, so then the value is walked.
 */
export function forbiddenKeyIn(text: string, parsed: unknown): string | undefined {
  if (!mayHoldForbiddenKey(text)) return undefined;
  // A list instead of recursion: forged text may nest deeper than the stack.
  const rest: unknown[] = [parsed];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== "object" || value === null) continue;
    for (const [key, member] of Object.entries(value)) {
      if (isForbiddenKey(key)) return key;
      if (typeof member === "object") rest.push(member);
    }
  }
  return undefined;
}

function mayHoldForbiddenKey(text: string): boolean {
  return (
    text.includes("{") &&
    (text.includes("\\u") || text.includes("__proto__") || text.includes("constructor") || text.includes("prototype"))
  );
}
