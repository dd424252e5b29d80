/** A route whose value comes from the grid. A client that leaves withdraws its request. */
import type { ServerResponse } from "node:http";
import {
  Controller,
  createParamDecorator,
  type ExecutionContext,
  Get,
  Inject,
  Param,
  ParseIntPipe,
} from "@nestjs/common";
import type { Grid } from "callgrid";
import { fib } from "./functions.js";
import { GRID } from "./grid.module.js";

const ClientSignal = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const left = new AbortController();
  context
    .switchToHttp()
    .getResponse<ServerResponse>()
    .once("close", () => left.abort());
  return left.signal;
});

@Controller("fib")
export class FibController {
  constructor(@Inject(GRID) private readonly grid: Grid) {}

  @Get(":n")
  async show(@Param("n", ParseIntPipe) n: number, @ClientSignal() signal: AbortSignal): Promise<{ value: number }> {
    return { value: await this.grid.enqueue("pool", [fib, n], { timeoutMs: 30_000, signal }) };
  }
}
