/** `callgrid doctor` on a Redis with each fault: it names the fault and its remedy. Once it is a process, and else within this one. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { openStatekeeper } from "@callgrid/statekeeper";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { Finding } from "../../packages/cli/src/pools/diagnosis.ts";
import { blocksIn, pageText } from "../docs/markdown.ts";
import { type CommandResult, runCommand } from "../harness/command.ts";
import { CommandPool } from "../harness/command-pool.ts";
import { runHere } from "../harness/own-command.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { startTlsRedis } from "../harness/tls-redis.ts";
import { until } from "../harness/until.ts";

const wellSet = ["--appendonly", "yes", "--maxmemory", "200mb", "--maxmemory-policy", "volatile-lru"];

interface Diagnosis extends Pick<CommandResult, "exitCode"> {
  readonly findings: readonly Finding[];
  readonly of: (check: string) => Finding | undefined;
}

const doctor = ["doctor", "--json", "--connect-timeout-ms", "5s"];

async function diagnose(url: string, env: Readonly<Record<string, string>> = {}): Promise<Diagnosis> {
  return diagnosisOf(await runHere([...doctor, "--url", url], { env }));
}

function diagnosisOf({ exitCode, stdout }: CommandResult): Diagnosis {
  const findings = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Finding);
  return { exitCode, findings, of: (check) => findings.find((finding) => finding.check === check) };
}

async function server(...args: string[]): Promise<RedisServer> {
  const started = await RedisServer.start({ port: await RedisServer.freePort(), args: [...wellSet, ...args] });
  onTestFinished(() => started.stop());
  return started;
}

/** As an old Redis does, it answers a few commands, and says of all others that it does not know them. */
async function oldServer(): Promise<string> {
  const information = "# Server\r\nredis_version:6.2.14\r\nredis_mode:standalone\r\nrole:master\r\n";
  const answers: ReadonlyArray<readonly [RegExp, string]> = [
    [/^INFO$/i, `$${information.length}\r\n${information}\r\n`],
    [/^PING$/i, "+PONG\r\n"],
    [/^(CLIENT|SELECT)$/i, "+OK\r\n"],
  ];
  const listener = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      // each command begins with an array's head, then the length and text of its name
      for (const [, name = ""] of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)\r\n/g)) {
        const answer = answers.find(([pattern]) => pattern.test(name))?.[1];
        socket.write(answer ?? `-ERR unknown command \`${name}\`\r\n`);
      }
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  onTestFinished(() => void listener.close());
  return `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

describe("callgrid doctor", () => {
  it("finds nothing on a Redis and a pool that are as they should be, and ends with 0", async () => {
    const { url } = await server();
    const pool = new CommandPool(url);
    await pool.workersHere();
    const { exitCode, findings } = await diagnose(url, pool.env);
    // what it says of the version is up to the server that runs the tests
    expect(findings.filter(({ status, check }) => status !== "ok" && check !== "version")).toEqual([]);
    const checks = findings.map(({ check }) => check).join(" ");
    expect(checks).toBe("connection version eviction persistence memory clock round trip rights functions");
    expect(findings.at(-1)?.message).toMatch(/pool "pool": 1 worker, \d+ functions/);
    expect(exitCode).toBe(0);
  });

  it("is for people where no --json is given: a line for each thing, and its remedy below", async () => {
    const { url } = await server("--maxmemory-policy", "allkeys-lru");
    const { exitCode, stdout } = await runCommand(["doctor", "--url", url]);
    expect(stdout).toMatch(/^ok {7}connection {3}connected to redis:\/\/127/m);
    expect(stdout).toMatch(/^WRONG {4}eviction .*allkeys-lru.*\n +→ CONFIG SET maxmemory-policy volatile-lru/m);
    expect(exitCode).toBe(1);
  });

  it("leaves nothing behind", async () => {
    const redis = await server();
    await diagnose(redis.url);
    expect(await redis.command("DBSIZE")).toBe(":0\r\n");
  });

  it("names a Redis that is too old, as far as that can be known of it", async () => {
    const { exitCode, of } = await diagnose(await oldServer());
    expect(of("version")).toMatchObject({ status: "wrong", message: expect.stringContaining("6.2.14 is too old") });
    expect(of("version")?.remedy).toContain("use Redis 7.0 or later, or Valkey 8");
    expect(exitCode).toBe(1);
  });

  it("warns where a restart forgets everything, and where memory has no bound", async () => {
    const { exitCode, of } = await diagnose(inject("redisUrl"));
    expect(of("persistence")).toMatchObject({ status: "warning", remedy: expect.stringContaining("appendonly yes") });
    expect(of("eviction")).toMatchObject({ status: "ok", message: "maxmemory-policy noeviction" });
    const remedy = expect.stringMatching(/CONFIG SET maxmemory to .*refuses work/);
    expect(of("memory")).toMatchObject({ status: "warning", remedy });
    expect(of("functions")).toMatchObject({ status: "warning", remedy: expect.stringContaining("callgrid worker") });
    expect(exitCode).toBe(0);
  });

  it("names a memory that is full and evicts nothing", async () => {
    const { url } = await server("--maxmemory", "800kb", "--maxmemory-policy", "noeviction");
    const { exitCode, of } = await diagnose(url);
    expect(of("memory")).toMatchObject({ status: "wrong", remedy: expect.stringContaining("raise maxmemory") });
    expect(exitCode).toBe(1);
  });

  it("names a replica", async () => {
    const { exitCode, of } = await diagnose((await server("--replicaof", "127.0.0.1", "1")).url);
    expect(of("role")).toMatchObject({ status: "wrong", remedy: expect.stringContaining("primary") });
    expect(exitCode).toBe(1);
  });

  it.each([
    ["an invalid URL", "http://localhost", "url", /not the URL of a Redis/, /--url/],
    ["a port without a server", "redis://127.0.0.1:1", "connection", /ECONNREFUSED/, /start Redis there/],
    ["an unknown host", "redis://redis.invalid", "connection", /ENOTFOUND|EAI_AGAIN/, /correct the host/],
    ["a socket that is not there", "unix:///nonexistent/redis.sock", "connection", /ENOENT/, /start Redis there/],
  ])("names %s", async (_, url, check, message, remedy) => {
    const { exitCode, findings } = await diagnose(url);
    expect(findings).toMatchObject([{ check, status: "wrong" }]);
    expect(findings[0]?.message).toMatch(message);
    expect(findings[0]?.remedy).toMatch(remedy);
    expect(exitCode).toBe(1);
  });

  it("names a Redis that a script keeps busy", async () => {
    const redis = await server("--busy-reply-threshold", "20");
    const script = redis.command("EVAL", '"while true do end"', "0");
    await until(async () => (await redis.command("PING")).startsWith("-BUSY"));
    const { of } = await diagnose(redis.url);
    expect(of("connection")).toMatchObject({ status: "wrong", remedy: expect.stringContaining("SCRIPT KILL") });
    await redis.command("SCRIPT", "KILL");
    await script;
  });

  it("names a Redis that takes no more clients", async () => {
    const redis = await server("--maxclients", "1");
    const first = await openStatekeeper(redis.url, { grid: "grid" });
    onTestFinished(() => first.close());
    const { of } = await diagnose(redis.url);
    expect(of("connection")).toMatchObject({ status: "wrong", remedy: expect.stringContaining("maxclients") });
  });

  it("names a password that is missing or wrong, and shows none", async () => {
    const redis = await server();
    await redis.command("CONFIG", "SET", "requirepass", "secret");
    const { url } = redis;
    const missing = await diagnose(url);
    expect(missing.of("connection")?.remedy).toContain("put user and password into the URL");
    const wrong = await diagnose(url.replace("//", "//default:guess@"));
    expect(wrong.of("connection")?.remedy).toContain("correct user and password");
    expect(JSON.stringify(wrong.findings)).not.toContain("guess");
    expect([missing.exitCode, wrong.exitCode]).toEqual([1, 1]);
    expect((await diagnose(url.replace("//", "//default:secret@"))).exitCode).toBe(0);
  });

  it("names the commands that a user may not use, and its remedy helps", async () => {
    const redis = await server("--user limited on >secret ~callgrid:* +@all -@admin -@dangerous +info -hset -zadd");
    const url = redis.url.replace("//", "//limited:secret@");
    const { exitCode, of } = await diagnose(url);
    expect(of("rights")).toMatchObject({ status: "wrong", message: expect.stringContaining("2 commands") });
    expect(of("rights")?.message).toContain("HSET, ZADD");
    expect(exitCode).toBe(1);
    const [, rules = ""] = /ACL SETUSER <user> ([^,]*)/.exec(of("rights")?.remedy ?? "") ?? [];
    await redis.command("ACL", "SETUSER", "limited", ...rules.split(" "));
    expect((await diagnose(url)).of("rights")?.status).toBe("ok");
  });

  it("names keys that a user may not touch, and a user that may nothing", async () => {
    const elsewhere = await server("--user limited on >secret ~other:* +@all");
    const denied = await diagnose(elsewhere.url.replace("//", "//limited:secret@"));
    expect(denied.of("rights")).toMatchObject({ status: "wrong", remedy: expect.stringContaining("~callgrid:*") });
    const powerless = await server("--user limited on >secret ~* +ping");
    const refused = await diagnose(powerless.url.replace("//", "//limited:secret@"));
    expect(refused.of("connection")).toMatchObject({ status: "wrong", remedy: expect.stringContaining("ACL SETUSER") });
    expect([denied.exitCode, refused.exitCode]).toEqual([1, 1]);
  });

  it("says that the rights of docs/OPERATIONS.md are enough, and a pool runs with them", async () => {
    const rules =
      blocksIn(pageText("docs/OPERATIONS.md"), "text").find((block) => block.startsWith("ACL SETUSER worker")) ?? "";
    const { url } = await server(rules.replace("ACL SETUSER", "--user").replace(/\s+/g, " ").trim());
    const own = url.replace("//", "//worker:secret@");
    expect((await diagnose(own)).of("rights")).toMatchObject({ status: "ok" });
    const pool = new CommandPool(own, "default");
    await pool.workers();
    expect((await pool.run(["enqueue", "pool", '["report",7]'])).stdout).toBe("1.1666666666666667\n");
  });

  it("names TLS that is expected, one that is not there, and a certificate of an unknown authority", async () => {
    const { port, certificate } = await startTlsRedis(wellSet);
    const plain = await diagnose(`redis://localhost:${port}`);
    expect(plain.of("connection")?.remedy).toContain("this port speaks TLS: write rediss://");
    const unknown = await diagnose(`rediss://localhost:${port}`);
    expect(unknown.of("connection")?.remedy).toContain("NODE_EXTRA_CA_CERTS");
    // Node reads the certificates that it is given as it starts
    const env = { NODE_EXTRA_CA_CERTS: certificate };
    const known = diagnosisOf(await runCommand([...doctor, "--url", `rediss://localhost:${port}`], { env }));
    expect(known.of("connection")).toMatchObject({ status: "ok" });
    expect([plain.exitCode, unknown.exitCode, known.exitCode]).toEqual([1, 1, 0]);
    const { url } = await server();
    const reverse = await diagnose(url.replace("redis://127.0.0.1", "rediss://localhost"));
    expect(reverse.of("connection")?.remedy).toContain("this port does not speak TLS");
  });
});
