// The function of one job, and the arguments of all jobs.
import { context, define, defineSweep } from "callgrid";

// Estimates pi by throwing darts: its arguments are parameters, all else comes from sweep.toml.
export const estimate = define("estimate", (radius: number, round: number) => {
  const { config, randomFor } = context();
  const darts = config.section("model").integer("darts");
  // randomFor draws other numbers for each job, and the same ones whenever the job is evaluated again
  const random = randomFor("job");
  let hits = 0;
  for (let dart = 0; dart < darts; dart += 1) {
    const [x, y] = [random.uniform(-radius, radius), random.uniform(-radius, radius)];
    if (x * x + y * y <= radius * radius) hits += 1;
  }
  const pi = (4 * hits) / darts;
  // the keys of the value are columns of the results
  return { pi, error: Math.abs(pi - Math.PI), round };
});

// A job for each combination. Instead of parameters, jobs may list the arguments, or a generator may yield them:
//   defineSweep({ job: estimate, names: ["radius", "round"], jobs: function* () { yield [1, 1]; } });
defineSweep({
  job: estimate,
  parameters: { radius: [1, 2, 3], round: Array.from({ length: 20 }, (_, round) => round) },
});
