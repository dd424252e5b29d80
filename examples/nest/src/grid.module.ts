/** The grid as a provider: connected when the application starts, and closed once its HTTP server has been. */
import { Global, Inject, Module, type OnApplicationShutdown } from "@nestjs/common";
import { connect, type Grid } from "callgrid";

/** The token of the grid. An interface leaves nothing at run time that could be one. */
export const GRID = Symbol("callgrid");

@Global()
@Module({ providers: [{ provide: GRID, useFactory: () => connect() }], exports: [GRID] })
export class GridModule implements OnApplicationShutdown {
  constructor(@Inject(GRID) private readonly grid: Grid) {}

  onApplicationShutdown(): Promise<void> {
    return this.grid.close();
  }
}
