/** Serves the app: one grid for the process, and an orderly end at SIGTERM. */
import { serve } from "@hono/node-server";
import { connect } from "callgrid";
import { makeApp } from "./app.ts";

const grid = await connect();
const server = serve({ fetch: makeApp(grid).fetch, port: Number(process.env["PORT"] ?? 8080) });
// the grid closes once the requests under way have been answered
process.once("SIGTERM", () => server.close(() => grid.close()));
