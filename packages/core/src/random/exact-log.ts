/**
 * A natural logarithm that is equal to the last bit everywhere: the language leaves `Math.log` to the engine. It uses the four basic
 * operations alone, whose results IEEE 754 fixes, and is within two units of the last place.
 */

const ln2 = Math.LN2;
const sqrtHalf = Math.SQRT1_2;
const exponentBias = 1_022;
const lastTerm = 25;
const bits = new DataView(new ArrayBuffer(8));

/** The natural logarithm of a normal positive number. */
export function exactLog(value: number): number {
  bits.setFloat64(0, value);
  let exponent = (bits.getUint16(0) >>> 4) - exponentBias;
  bits.setUint16(0, (exponentBias << 4) | (bits.getUint16(0) & 15));
  let mantissa = bits.getFloat64(0);
  if (mantissa < sqrtHalf) {
    mantissa *= 2;
    exponent -= 1;
  }
  return exponent * ln2 + 2 * areaTangent((mantissa - 1) / (mantissa + 1));
}

/** The series of atanh, whose argument is at most 0.172 here. */
function areaTangent(value: number): number {
  const square = value * value;
  let sum = 0;
  for (let term = lastTerm; term > 1; term -= 2) sum = square * (sum + 1 / term);
  return value * (1 + sum);
}
