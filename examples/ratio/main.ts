/** Asks for a ratio that exists, and for one that does not: prints the value, and the error as the tree it is. */
import { isGridError, localGrid } from "callgrid";

const grid = await localGrid({ functions: new URL("./functions.ts", import.meta.url), workers: 1 });
try {
  console.log("ratio(7) =", await grid.enqueue(grid.pool, ["ratio", 7]));
  await grid.enqueue(grid.pool, ["ratio", 1]);
} catch (error) {
  if (!isGridError(error, "FUNCTION_FAILED")) throw error;
  console.log("ratio(1) fails:", error.message);
} finally {
  await grid.close();
}
