/** What Redis refuses for reasons that pass by themselves: it loads, it is busy or full, a failover goes on, a slot moves. */

/** Redis begins a refusal with one of these words. */
const passingWords = /^(OOM|LOADING|READONLY|BUSY|ASK|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|NOREPLICAS|MISCONF|NOSCRIPT)\b/;
/** Of a refused connection, and of a command that was refused inside a script. */
const passingPhrases = /max number of clients|\b(OOM command not allowed|READONLY You can't write)/;

/** Whether the same command may work in a while. */
export function isPassingRefusal({ message }: Error): boolean {
  return passingWords.test(message) || passingPhrases.test(message);
}

/** How long to wait before the next attempt, in ms. */
export function refusalPauseMs(attempt: number): number {
  return Math.min(20 * 2 ** Math.min(attempt, 10), longestPauseMs);
}

const longestPauseMs = 2_000;
