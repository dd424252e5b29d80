/** Redis servers that speak TLS, as `localhost`, with a certificate of their own authority. They end with the test. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { RedisServer } from "./redis-server.ts";

/** A server, its TLS port, and how others speak TLS as it does. */
export interface TlsRedis {
  readonly server: RedisServer;
  readonly port: number;
  readonly certificate: string;
  /** Arguments of a Redis with the same certificate. */
  readonly identity: readonly string[];
}

/** @param own - further arguments. */
export async function startTlsRedis(own: readonly string[]): Promise<TlsRedis> {
  const folder = await mkdtemp(join(tmpdir(), "callgrid-tls-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
  await promisify(execFile)("openssl", [...request, "-keyout", key, "-out", certificate, ...subject]);
  const files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate];
  const identity = [...files, "--tls-auth-clients", "no", "--tls-replication", "yes"];
  const port = await RedisServer.freePort();
  const server = await RedisServer.start({ args: [...own, "--tls-port", String(port), ...identity] });
  onTestFinished(() => server.stop());
  return { server, port, certificate, identity };
}
