/** How large a request or a result may be, as text in bytes. Larger data belongs in a file or a store, and travels by name. */

/** The default of every payload limit: 16 MiB, in bytes. */
export const defaultPayloadLimitBytes = 16_777_216;

/**
 * The size of a text in UTF-8 if it is over the limit, else 0.
 * A UTF-16 unit takes at most three bytes, so the text is looked at only when its length leaves a doubt.
 */
export function excessBytes(text: string, limitBytes: number): number {
  if (text.length * 3 <= limitBytes) return 0;
  const bytes = Buffer.byteLength(text);
  return bytes > limitBytes ? bytes : 0;
}
