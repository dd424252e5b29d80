/** Fastify: one grid for the process, it cancels the request when its client disconnects, and shuts down gracefully at SIGTERM. */
import { connect, isGridError } from "callgrid";
import fastify from "fastify";
import { fib } from "./functions.ts";

const statuses: Partial<Record<string, number>> = { CANCELLED: 499, POOL_FULL: 503, GRID_CLOSED: 503, TIMEOUT: 504 };

const grid = await connect();
// an idle connection must not keep the server for Fastify's 72 s when it closes
const server = fastify({ keepAliveTimeout: 5_000 });
// once the requests under way have been answered
server.addHook("onClose", () => grid.close());
server.setErrorHandler((error, _request, reply) => {
  if (!isGridError(error)) throw error;
  return reply.code(statuses[error.code] ?? 500).send({ code: error.code });
});
server.get<{ Params: { n: string } }>("/fib/:n", async ({ params, signal }) => ({
  value: await grid.enqueue("pool", [fib, Number(params.n)], { timeoutMs: 30_000, signal }),
}));
process.once("SIGTERM", () => server.close());
await server.listen({ port: Number(process.env["PORT"] ?? 8080) });
