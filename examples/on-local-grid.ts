/** For the tests of the examples: a grid that lives as long as one action, with one worker in this very thread. */
import { type LocalGrid, localGrid } from "callgrid";

/**
 * Runs the action on a grid that evaluates the definitions in `functions`, and closes the grid whatever comes of it.
 */
export async function onLocalGrid(functions: object, action: (grid: LocalGrid) => Promise<void>): Promise<void> {
  const grid = await localGrid({ functions });
  try {
    await action(grid);
  } finally {
    await grid.close();
  }
}
