/** What a function may be called. Texts hold names unescaped, which relies on the pattern: no quote, no backslash. */

const pattern = /^[A-Za-z_][\w.:/-]{0,127}$/;

/** The name that was looked at last: calls mostly come in rows of one function. */
let lastName: string | undefined;

/** Whether a name begins with a letter or `_`, and goes on with at most 127 letters, digits and `_ . : / -`. */
export function isFunctionName(name: unknown): name is string {
  if (name === lastName && name !== undefined) return true;
  if (typeof name !== "string" || !pattern.test(name)) return false;
  lastName = name;
  return true;
}
