/** How well darts estimate pi, by the number of darts: a hundred rounds for each number. */
import { context, define, defineSweep } from "callgrid";

/** One round: its random numbers are its own, and the same ones whenever it is evaluated. */
export const estimate = define("estimate", (darts: number, _round: number) => {
  const { config, randomFor } = context();
  const radius = config.section("board").number("radius");
  const random = randomFor("job");
  let hits = 0;
  for (let dart = 0; dart < darts; dart += 1) {
    const [x, y] = [random.uniform(-radius, radius), random.uniform(-radius, radius)];
    if (x * x + y * y <= radius * radius) hits += 1;
  }
  const pi = (4 * hits) / darts;
  return { pi, error: Math.abs(pi - Math.PI) };
});

defineSweep({
  job: estimate,
  parameters: {
    darts: [10, 100, 1_000, 10_000],
    round: Array.from({ length: 100 }, (_, round) => round),
  },
});
