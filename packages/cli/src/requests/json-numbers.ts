/** Numbers in JSON that JavaScript would read as other numbers: integers beyond 2^53, and what is too large or too small. */

// A long integer, a fraction that begins with many zeroes, many digits with an exponent, or a large exponent.
const suspect = /(?<![\d.])\d{16}|\.0{200}|[\d.]{16}[eE]\+?\d|\d[eE][+-]?\d{3}/;
const parts = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const endingZeroes = /(?<!0)0+$/;

/** Whether a text is to be searched for numbers that would change. It is cheap, and true for some texts without any. */
export function mayHaveChangingNumber(text: string): boolean {
  return suspect.test(text);
}

/**
 * Whether JavaScript reads a number of JSON as another one. A fraction is rounded, as everywhere, and is no other number. An
 * integer has to be exact; one with an exponent may also be the shortest text of what it becomes, as 1e300 is.
 */
export function changesInJavaScript(literal: string): boolean {
  const [, whole = "", fraction = "", exponent] = parts.exec(literal) ?? [];
  const digits = whole + fraction;
  if (!/[1-9]/.test(digits)) return false;
  const size = Math.abs(Number(literal));
  if (size === 0 || size === Infinity) return true;
  const significant = digits.replace(endingZeroes, "");
  const power = Number(exponent ?? 0) - fraction.length + digits.length - significant.length;
  if (power < 0) return false;
  const isExact = BigInt(significant) * 10n ** BigInt(power) === BigInt(size);
  return !isExact && (exponent === undefined || shortestDigits(size) !== BigInt(significant));
}

/** The number that JavaScript reads, with all digits of an integer. */
export function numberInJavaScript(literal: string): string {
  const value = Number(literal);
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

function shortestDigits(size: number): bigint {
  return BigInt(size.toExponential().replace(/\.|e.*/g, ""));
}
