/** What a function may be called. Texts hold names unescaped, which relies on the pattern: no quote, no backslash. */

const pattern = /^[A-Za-z_][\w.:/-]{0,127}$/;

/** Whether a name begins with a letter or `_`, and goes on with at most 127 letters, digits and `_ . : / -`. */
export function isFunctionName(name: unknown): name is string {
  return typeof name === "string" && pattern.test(name);
}
