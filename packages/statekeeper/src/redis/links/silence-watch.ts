/**
 * Destroys a connection's link once it is silent for too long, so that ioredis makes another; link-patience.ts decides. It watches from
 * the first attempt to connect until the connection is closed: neither the handshakes of TLS and Redis nor any command can hang.
 */
import type { Redis } from "ioredis";
import { LinkPatience, lookEveryMs, silenceMs } from "./link-patience.ts";

/** Watches a connection for as long as it lives. */
export function watchSilence(redis: Redis): void {
  const patience = new LinkPatience();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    // there is no stream before the first link, and while Sentinels or a Cluster are asked it is that of the last link
    const { stream, status, commandQueue } = redis;
    if (stream === undefined || stream.destroyed) return;
    const moment = { nowMs: performance.now(), status, unanswered: commandQueue.length, bytesHeard: stream.bytesRead };
    if (patience.isExhaustedBy(moment)) stream.destroy(new Error(`nothing came for ${silenceMs} ms`));
  };
  redis.on("connecting", () => {
    timer ??= setInterval(look, lookEveryMs).unref();
  });
  redis.on("end", () => {
    clearInterval(timer);
    timer = undefined;
  });
}
