/** The files that `callgrid sweep init` writes: a sweep that runs as it is. */

/** By name, for this machine. */
export function sweepTemplates(machine: {
  readonly name: string;
  readonly cores: number;
}): ReadonlyMap<string, string> {
  return new Map([
    ["sweep.ts", moduleTemplate],
    ["sweep.toml", configTemplate],
    ["machines.json", machinesTemplate(machine)],
    ["columns.csv", columnsTemplate],
  ]);
}

/** What the written module imports, and this one must not. */
const library = JSON.stringify("callgrid");

const moduleTemplate = `// The function of one job, and the arguments of all jobs.
import { context, define, defineSweep } from ${library};

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
defineSweep({ job: estimate, parameters: { radius: [1, 2, 3], round: Array.from({ length: 20 }, (_, round) => round) } });
`;

const configTemplate = `# What every job reads from context().config. The results depend on it, so it is part of the digest.

# Of context().random and context().randomFor(name).
seed = 1

[model]
darts = 100_000
# Sizes and durations may have units: config.bytes("memory"), config.duration("pause").
# memory = "64MiB"
# pause = "5s"
`;

const columnsTemplate = `# The header of the results. "job", "run start", "job start", "job seconds" and the parameters must be there, in any order.
# Other columns are keys of the values: mean, range.low for an object in an object, 0 for the first place of a list; or value.
job,run start,job start,job seconds,radius,round,pi,error
`;

function machinesTemplate({ name, cores }: { readonly name: string; readonly cores: number }): string {
  return `{
  // By name: how fast one core is, relative to the other machines, and how many cores to use.
  // Shares are proportional to performance x cores. All machines need equal copies of these files.
  ${JSON.stringify(name)}: { "performance": 1, "cores": ${cores} }
}
`;
}
