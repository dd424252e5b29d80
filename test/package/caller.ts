/** A program of the kind that users bundle: it enqueues to the grid of `CALLGRID_URL`, and loads nothing besides itself. */
import { connect, define, GridError, isGridError } from "callgrid/client";

const fib = define("fib", async (n: number): Promise<number> => n);

async function main(): Promise<void> {
  const grid = await connect();
  console.log(await grid.enqueue("pool", [fib, 70]));
  await grid.enqueue("pool", [fib, -1]).catch((error: unknown) => {
    console.log(isGridError(error) && error instanceof GridError ? error.code : error);
  });
  await grid.close();
}
void main();
