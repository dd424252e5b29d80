/** The pieces of JSON text that requests and values are made of, each in the cheapest way that was measured. */

const needsNoEscape = /^[ !#-[\]-~]*$/;
const longestUnescaped = 200;

/** A string as JSON text. Short ASCII strings are the rule, and the test for them costs less than `JSON.stringify`. */
export function quote(text: string): string {
  return text.length <= longestUnescaped && needsNoEscape.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Whether JSON can carry a number: neither NaN, nor infinite, nor -0. */
export function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

const fewKeys = 16;

/**
 * Sorts in place, by UTF-16 unit.
 * Most objects have a few keys, nearly in order; inserting those costs a fraction of a call of `sort`.
 */
export function sortKeys(keys: string[]): void {
  if (keys.length > fewKeys) {
    keys.sort();
    return;
  }
  for (let next = 1; next < keys.length; next++) {
    const key = keys[next] as string;
    let place = next;
    for (; place > 0 && (keys[place - 1] as string) > key; place--) keys[place] = keys[place - 1] as string;
    keys[place] = key;
  }
}
