/** What is said of a link that has ended, by the system and by ioredis. */
export const cutOff = /EPIPE|ECONNRESET|connection is closed|max retries per request/i;

/** Whether an error says no more than that a link has ended: what came before it says why. */
export function isCutOff({ code = "", message }: Error & { readonly code?: string }): boolean {
  return cutOff.test(`${code} ${message}`);
}

/** Of two errors of one link, the one that says why it failed: the later, unless that is only its end. */
export function telling(known: Error | undefined, next: Error): Error {
  return known === undefined || !isCutOff(next) ? next : known;
}
