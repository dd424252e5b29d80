/**
 * Ports for servers that need a port before they start. A port that the system picks (`listen(0)`) is one that it also gives
 * to outgoing connections, so one of those can take it between the probe and its use. These lie below that range, and
 * each test process starts at a place of its own. It hands out a port once in a round, also where its files load this module again:
 * a client of an earlier file may still try to reconnect to one.
 */
import { once } from "node:events";
import { createServer } from "node:net";

/** Systems give ports from 32768 (Linux) or 49152 (others) on to outgoing connections. */
const firstPort = 10_000;
const portCount = 22_000;

/** Room for the ports of one process: processes whose ids differ by less than 687 never meet. */
const portsOfAProcess = 32;

const handedOutKey = Symbol.for("callgrid.test.ports-handed-out");
const holder = globalThis as Record<symbol, number | undefined>;

/** The next port of this process on 127.0.0.1 that nothing listens on. */
export async function nextFreePort(): Promise<number> {
  const handedOut = holder[handedOutKey] ?? 0;
  holder[handedOutKey] = handedOut + 1;
  const port = firstPort + ((process.pid * portsOfAProcess + handedOut) % portCount);
  return (await isFree(port)) ? port : nextFreePort();
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  probe.listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    return false;
  }
  probe.close();
  await once(probe, "close");
  return true;
}
