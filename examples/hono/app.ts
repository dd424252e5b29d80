/** A Hono app on a grid that it is handed: server.ts has one on Redis, and the test one without. */
import { type Grid, isGridError } from "callgrid";
import { Hono } from "hono";
import { fib } from "./functions.ts";

export function makeApp(grid: Pick<Grid, "enqueue">): Hono {
  const app = new Hono();
  app.get("/fib/:n", async (context) => {
    const { signal } = context.req.raw;
    const value = await grid.enqueue("pool", [fib, Number(context.req.param("n"))], { timeoutMs: 30_000, signal });
    return context.json({ value });
  });
  app.onError((error) => {
    if (!isGridError(error)) throw error;
    return Response.json({ code: error.code }, { status: statuses[error.code] ?? 500 });
  });
  return app;
}

const statuses: Partial<Record<string, number>> = { CANCELLED: 499, POOL_FULL: 503, GRID_CLOSED: 503, TIMEOUT: 504 };
