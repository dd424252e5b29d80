/**
 * A real redis-server process that a test owns: start it, break it, start it again at the same address.
 * It speaks to the server over a raw socket only, so a fault in our Redis code cannot hide in the harness.
 * Nothing here waits for time: a server is ready when it has said so and answers PING, and gone when it has exited.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { nextFreePort } from "./free-port.ts";

/** Where a server listens and what it is given. Without `port` and `socket` it gets a socket in its folder. */
export interface RedisServerOptions {
  /** TCP port on 127.0.0.1; see {@link RedisServer.freePort}. */
  port?: number;
  /** Path of a unix socket; kept under 100 characters, which is what systems allow. */
  socket?: string;
  /** Further arguments, e.g. `["--appendonly", "yes"]`; they win over the harness's own, except for the log. */
  args?: string[];
  /** Lines of a configuration file, which the arguments win over; a sentinel needs one, and keeps there what it finds out. */
  configuration?: readonly string[];
  /** Working folder, where Redis keeps its files. Default: a temporary one, which `stop` removes. */
  dir?: string;
}

interface Address {
  port: number;
  socket: string | undefined;
}

type RedisProcess = ChildProcessByStdio<null, Readable, Readable>;

/** The server that all tests use: `CALLGRID_TEST_SERVER=/path/to/valkey-server scripts/test` runs them on another one. */
const program = process.env["CALLGRID_TEST_SERVER"] ?? "redis-server";

/** Grace for an orderly end. A server inside a long script does not hear SIGTERM. */
const stopGraceMs = 5_000;

export class RedisServer {
  readonly #address: Address;
  readonly #arguments: readonly string[];
  readonly #configuration: readonly string[];
  readonly #dir: string;
  readonly #ownsDir: boolean;
  #process: RedisProcess | undefined;
  #log = "";

  private constructor(
    address: Address,
    options: {
      arguments: readonly string[];
      configuration: readonly string[];
      dir: string;
      ownsDir: boolean;
    },
  ) {
    this.#address = address;
    this.#arguments = options.arguments;
    this.#configuration = options.configuration;
    this.#dir = options.dir;
    this.#ownsDir = options.ownsDir;
  }

  /** Starts a server and resolves once it answers PING; rejects with the server's log if it ends before that. */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "callgrid-redis-")));
    const socket = options.socket ?? (options.port === undefined ? join(dir, "redis.sock") : undefined);
    const file = options.configuration && join(dir, "redis.conf");
    if (file !== undefined) await writeFile(file, `${options.configuration?.join("\n")}\n`);
    const server = new RedisServer(
      { port: options.port ?? 0, socket },
      {
        arguments: options.args ?? [],
        configuration: file === undefined ? [] : [file],
        dir,
        ownsDir: options.dir === undefined,
      },
    );
    try {
      await server.#launch();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** A TCP port that nothing listens on, and that no connection and no other test process takes before its use. */
  static freePort(): Promise<number> {
    return nextFreePort();
  }

  /** `redis://127.0.0.1:<port>`, or `unix://<socket>` when there is no port. The same after a restart. */
  get url(): string {
    return this.#address.port > 0 ? `redis://127.0.0.1:${this.#address.port}` : `unix://${this.#address.socket}`;
  }

  /** The process id, or undefined while the server is down. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** The version the running server reported, e.g. `7.0.15`. */
  get version(): string {
    return /\bversion=([\d.]+)/.exec(this.#log)?.[1] ?? "0";
  }

  /** Sends one command, over a link of its own; resolves with the beginning of the reply as it is on the wire. */
  command(...words: readonly string[]): Promise<string> {
    return replyOf(this.#address, words);
  }

  /** Ends the server in an orderly way and removes its folder, unless that was handed in. */
  async stop(): Promise<void> {
    await this.#end();
    if (this.#ownsDir) await rm(this.#dir, { recursive: true, force: true });
  }

  /** Sends a signal. Resolves when the server has ended; at once for SIGSTOP and SIGCONT, which do not end it. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    running.kill(signal);
    if (signal !== "SIGSTOP" && signal !== "SIGCONT") await hasExited(running);
  }

  /** Ends the server if it still runs, and starts it at the same address. It remembers what its `args` made it save. */
  async restart(): Promise<void> {
    await this.#end();
    await this.#launch();
  }

  async #launch(): Promise<void> {
    this.#log = "";
    const running = spawn(program, this.#commandLine(), { env: plainEnv(), stdio: ["ignore", "pipe", "pipe"] });
    const killWithUs = () => running.kill("SIGKILL");
    process.once("exit", killWithUs);
    running.once("exit", () => {
      process.off("exit", killWithUs);
      if (this.#process === running) this.#process = undefined;
    });
    this.#process = running;
    await this.#saysReady(running);
    await answersPing(this.#address);
  }

  #commandLine(): string[] {
    const { port, socket } = this.#address;
    const address = ["--bind", "127.0.0.1", "--port", String(port), ...(socket ? ["--unixsocket", socket] : [])];
    const forgetful = ["--save", "", "--appendonly", "no"];
    return [
      ...this.#configuration,
      ...address,
      "--dir",
      this.#dir,
      ...forgetful,
      ...this.#arguments,
      "--loglevel",
      "notice",
      "--logfile",
      "",
    ];
  }

  #saysReady(running: RedisProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      const read = (chunk: Buffer) => {
        this.#log += chunk.toString();
        if (/ready to accept connections|Sentinel ID is/i.test(this.#log)) resolve();
      };
      running.stdout.on("data", read);
      running.stderr.on("data", read);
      running.once("error", (cause) => {
        this.#process = undefined;
        reject(
          new Error(`${program} could not be started: expected a server on PATH or in CALLGRID_TEST_SERVER`, { cause }),
        );
      });
      // Not "exit": its log, which says why, may arrive after that.
      running.once("close", (code, signal) => {
        reject(new Error(`${program} ended with ${signal ?? code} before it was ready:\n${this.#log}`));
      });
    });
  }

  async #end(): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    const lastResort = setTimeout(() => running.kill("SIGKILL"), stopGraceMs);
    running.kill("SIGTERM");
    running.kill("SIGCONT");
    await hasExited(running);
    clearTimeout(lastResort);
  }
}

/** Scripts sort by the server's locale. Byte order is what the memory statekeeper sorts by, and what the facts expect. */
function plainEnv(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: "C" };
}

async function hasExited(running: RedisProcess): Promise<void> {
  if (running.exitCode === null && running.signalCode === null) await once(running, "exit");
}

async function answersPing(address: Address): Promise<void> {
  const reply = await replyOf(address, ["PING"]);
  if (!reply.startsWith("+PONG")) throw new Error(`redis-server answered PING with ${reply}`);
}

async function replyOf({ port, socket }: Address, words: readonly string[]): Promise<string> {
  const connection = port > 0 ? createConnection(port, "127.0.0.1") : createConnection(String(socket));
  try {
    connection.write(`${words.join(" ")}\r\n`);
    const [reply] = (await once(connection, "data")) as [Buffer];
    return reply.toString();
  } finally {
    connection.destroy();
  }
}
