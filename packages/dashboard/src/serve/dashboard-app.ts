import { type Clock, GridError, messageOf, parsePool, systemClock } from "@callgrid/core";
import { type Context, Hono } from "hono";
import { type AccessRules, checkPlace, checkRole, type GateVariables, signIn } from "../access/gate.ts";
import { safeHeaders } from "../access/safe-headers.ts";
import { Collector } from "../collect/collector.ts";
import type { DashboardSource } from "../collect/dashboard-source.ts";
import { inTime } from "../collect/limited-reads.ts";
import type { Me } from "../model/documents.ts";
import { PageFiles } from "./page-files.ts";
import { ViewerStream } from "./viewer-stream.ts";

/** What the application is made from. */
export interface DashboardParts {
  readonly source: DashboardSource;
  readonly access: AccessRules;
  /** Whether arguments are never shown. */
  readonly hidesValues: boolean;
  readonly clock?: Clock;
}

/** More streams than anyone looks at: each costs memory, and a socket. */
const mostViewers = 100;
const streamHeaders = { "content-type": "text/event-stream", "x-accel-buffering": "no" };

/** The dashboard as a web application: the page, and everything that it shows as JSON. */
export class DashboardApp {
  readonly hono = new Hono<GateVariables>();
  readonly #parts: DashboardParts;
  readonly #clock: Clock;
  readonly #collector: Collector;
  readonly #files = new PageFiles();

  constructor(parts: DashboardParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#collector = new Collector(parts.source, this.#clock);
    this.hono.use(safeHeaders, checkPlace(parts.access)).use("/api/*", checkRole(parts.access));
    this.#addApi();
    this.#addPage();
    this.hono.onError((error, context) => {
      if (error instanceof GridError) return context.json({ error: error.message, code: error.code }, 400);
      return context.json({ error: messageOf(error) }, 500);
    });
  }

  /** How many streams are open. */
  get viewers(): number {
    return this.#collector.viewers;
  }

  stop(): void {
    this.#collector.stop();
  }

  #addPage(): void {
    this.hono.get("/", (context) => {
      const token = context.req.query("token");
      return token === undefined ? this.#files.send(context, "index.html") : signIn(context, this.#parts.access, token);
    });
    this.hono.get("/:file", (context) => this.#files.send(context, context.req.param("file")));
    this.hono.notFound((context) => context.json({ error: "there is no such page" }, 404));
  }

  #addApi(): void {
    this.hono.get("/api/me", (context) => context.json(this.#me(context)));
    this.hono.get("/api/overview", async (context) => context.json(await this.#collector.overview()));
    this.hono.get("/api/runs", async (context) => context.json(await this.#collector.runs()));
    this.hono.get("/api/pools/:pool", async (context) =>
      context.json(await this.#collector.pool(parsePool(context.req.param("pool")))),
    );
    this.hono.get("/api/pools/:pool/request", (context) => this.#explain(context, context.req.param("pool")));
    this.hono.get("/api/stream", (context) => this.#stream(context));
  }

  #me(context: Context<GateVariables>): Me {
    const { source, hidesValues } = this.#parts;
    const { address, grid } = source;
    return { role: context.get("role"), hidesValues, address, grid, hasRuns: source.runs !== undefined };
  }

  /** `?request=` is the request as JSON or its id; `&arguments=shown` asks for the arguments. */
  async #explain(context: Context, pool: string): Promise<Response> {
    const { source, hidesValues } = this.#parts;
    const showsArguments = context.req.query("arguments") === "shown";
    if (showsArguments && hidesValues) return context.json({ error: "this dashboard hides arguments" }, 403);
    const keeper = source.pool(parsePool(pool));
    const story = source.words.explain(keeper, context.req.query("request") ?? "", { showsArguments });
    return context.json(await inTime(this.#clock, story));
  }

  /** `?pool=` also sends that pool, and `&runs=` the runs. */
  #stream(context: Context): Response {
    const pool = context.req.query("pool");
    const what = {
      pool: pool === undefined ? undefined : parsePool(pool),
      hasRuns: context.req.query("runs") !== undefined && this.#parts.source.runs !== undefined,
    };
    // Hono takes HEAD for GET and drops the body, so that it never ends
    if (context.req.method === "HEAD") return context.body(null, 200, streamHeaders);
    if (this.viewers >= mostViewers) return context.json({ error: `${mostViewers} streams are open already` }, 503);
    let unfollow = (): void => undefined;
    const viewer = new ViewerStream(() => unfollow());
    unfollow = this.#collector.follow(viewer, what);
    return context.body(viewer.body, 200, streamHeaders);
  }
}
