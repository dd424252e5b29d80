import { createConnection } from "node:net";
import { connect as connectTls } from "node:tls";
import { cutOff } from "./failures/cut-off.ts";
import type { RedisAddress } from "./links/redis-address.ts";

/** Why a caller cannot use a Redis. */
export type RefusalKind =
  | "connection-refused"
  | "unknown-host"
  | "no-answer"
  | "tls-expected"
  | "no-tls-there"
  | "certificate"
  | "password-missing"
  | "password-wrong"
  | "no-rights"
  | "cluster-down"
  | "busy"
  | "loading"
  | "closed"
  | "other";

/** How servers refuse a command or key to a user: NOPERM outside of scripts, and within them in words that depend on the server. */
const denial = /NOPERM|can't (run|access)|no permissions/i;

const patterns: ReadonlyArray<readonly [RefusalKind, RegExp]> = [
  ["password-missing", /NOAUTH/],
  ["password-wrong", /WRONGPASS|invalid password|without any password configured/i],
  ["no-rights", denial],
  ["cluster-down", /CLUSTERDOWN/],
  ["busy", /^ ?BUSY\b/],
  ["loading", /LOADING/],
  ["closed", /max number of clients/],
  ["closed", cutOff],
  ["connection-refused", /ECONNREFUSED|ENOENT|EACCES/],
  ["unknown-host", /ENOTFOUND|EAI_AGAIN/],
  ["certificate", /CERT|UNABLE_TO_VERIFY|certificate/i],
  ["no-answer", /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timed out/i],
];

/** Whether a command was refused because its user lacks the right. */
export function isDenial(reason: string): boolean {
  return denial.test(reason);
}

const unclear: ReadonlySet<RefusalKind> = new Set(["other", "no-answer", "closed"]);

/** How long to try another way of speaking, in ms. */
const probeMs = 2_000;

/**
 * Why a Redis cannot be used, derived from the error that the attempt ended with and, where that is not enough, from trying to connect to
 * its port with TLS instead of without, or the other way round.
 */
export async function refusalKind(
  error: Error & { readonly code?: string },
  address: RedisAddress,
): Promise<RefusalKind> {
  const { host, port, tls } = address.options;
  const text = `${error.code ?? ""} ${error.message}`;
  const told = patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? "other";
  // a server is there and does not answer: it may expect the other kind of link
  if (host === undefined || port === undefined || !unclear.has(told)) return told;
  if (tls === undefined) return (await speaksTls(host, port)) ? "tls-expected" : told;
  return (await speaksPlainly(host, port)) ? "no-tls-there" : told;
}

function speaksTls(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    // the handshake is all that is wanted: nothing is sent over it
    const socket = connectTls({ host, port, rejectUnauthorized: false });
    const end = (speaks: boolean): void => {
      socket.destroy();
      resolve(speaks);
    };
    socket.setTimeout(probeMs, () => end(false));
    socket
      .once("secureConnect", () => end(true))
      .once("error", () => end(false))
      .once("close", () => end(false));
  });
}

function speaksPlainly(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const end = (speaks: boolean): void => {
      socket.destroy();
      resolve(speaks);
    };
    socket.setTimeout(probeMs, () => end(false));
    socket.once("data", (reply) => end(/^[+-]/.test(reply.toString())));
    socket.once("error", () => end(false)).once("close", () => end(false));
    socket.write("PING\r\n");
  });
}
