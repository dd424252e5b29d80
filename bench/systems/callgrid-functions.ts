/** The functions of the benchmarks as users of callgrid write them. */
import { callReentrant, define } from "callgrid";
import { digitSum as sumOfPiece } from "../digit-sums.ts";
import { fanOut } from "../nested-tasks.ts";
import * as tasks from "../tasks.ts";

export const noop = define("noop", tasks.noop);
export const nap = define("nap", tasks.nap);
export const turn = define("turn", tasks.turn);
export const digitSum = define("digitSum", sumOfPiece);

/** The sum over a whole file: one request that asks for its pieces. */
export const digitSumOfFile = define(
  "digitSumOfFile",
  async (path: string, fileBytes: number, pieceBytes: number): Promise<number> => {
    const pieces = Array.from({ length: fileBytes / pieceBytes }, (_, piece) => {
      return [digitSum, path, piece * pieceBytes, pieceBytes] as const;
    });
    const sums = await callReentrant(pieces);
    return sums.reduce((total, sum) => total + sum, 0);
  },
);

export const tree = define("tree", async (level: number, path: string, leafLoops: number): Promise<number> => {
  tasks.countEvaluation();
  if (level === 0) {
    tasks.burn(leafLoops);
    return 1;
  }
  const children = Array.from(
    { length: fanOut },
    (_, child) => [tree, level - 1, `${path}.${child}`, leafLoops] as const,
  );
  const sizes = await callReentrant(children);
  return sizes.reduce((total, size) => total + size, 1);
});

/** Each call has another path, so there is nothing to share or to cache. */
export const fib = define("fib", async (n: number, path: string): Promise<number> => {
  tasks.countEvaluation();
  if (n < 2) return n;
  const [one, two] = await callReentrant([
    [fib, n - 1, `${path}1`],
    [fib, n - 2, `${path}2`],
  ]);
  return one + two;
});

/** Calls with the same number are equal, within one salt. */
export const cachedFib = define("cachedFib", async (n: number, salt: string): Promise<number> => {
  tasks.countEvaluation();
  if (n < 2) return n;
  const [one, two] = await callReentrant([
    [cachedFib, n - 1, salt],
    [cachedFib, n - 2, salt],
  ]);
  return one + two;
});
