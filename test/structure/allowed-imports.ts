/**
 * What may import what. Packages, and the rooms of each package (the folders of its src), are listed from the bottom up: each imports
 * some of those above it. Files next to the rooms assemble them and may import all. imports.test.ts holds the code to this table.
 */

/** What a package may import. */
export interface PackageRule {
  /** Why it may import no others. */
  readonly why: string;
  /** Other packages. */
  readonly packages: readonly string[];
  /** By room: the rooms of the same package that it imports. */
  readonly rooms: Readonly<Record<string, readonly string[]>>;
}

export const packages: Readonly<Record<string, PackageRule>> = {
  core: {
    why: "Everything depends on core, and stays pure.",
    packages: [],
    rooms: {
      text: [],
      collections: [],
      errors: ["text"],
      options: ["text", "errors"],
      config: ["errors", "options"],
      time: ["errors"],
      actors: ["time"],
      random: ["errors"],
      values: ["text", "errors"],
      requests: ["text", "errors", "config", "values"],
      functions: ["text", "errors", "options", "values", "requests"],
    },
  },
  tracing: {
    why: "Tracing makes spans and knows nothing of the grid.",
    packages: [],
    rooms: {},
  },
  statekeeper: {
    why: "The statekeeper holds state, and knows none of its users.",
    packages: ["core"],
    rooms: {
      contract: [],
      files: ["contract"],
      memory: ["contract"],
      port: ["contract"],
      redis: ["contract"],
      requester: ["contract", "files"],
    },
  },
  health: {
    why: "Health is handed what nodes measure, and asks the statekeeper for the rest; it knows no node.",
    packages: ["core", "statekeeper"],
    rooms: {},
  },
  client: {
    why: "Client, worker and distributor meet in the statekeeper, so that each can be changed, replaced and tested alone.",
    packages: ["core", "tracing", "statekeeper"],
    rooms: {
      options: [],
      cache: [],
      requests: ["options"],
      streams: ["requests"],
    },
  },
  worker: {
    why: "Client, worker and distributor meet in the statekeeper, so that each can be changed, replaced and tested alone.",
    packages: ["core", "tracing", "statekeeper", "health"],
    rooms: {
      errors: [],
      versions: [],
      functions: ["versions"],
      timing: [],
      results: ["versions", "timing"],
      heartbeat: ["errors"],
      evaluation: ["errors", "versions", "functions", "timing", "results", "heartbeat"],
      pool: ["functions", "timing", "results", "heartbeat", "evaluation"],
      telemetry: ["evaluation"],
      calls: ["functions", "timing", "results", "evaluation", "pool", "telemetry"],
      exchange: ["timing", "results", "evaluation", "pool", "telemetry", "calls"],
    },
  },
  distributor: {
    why: "Client, worker and distributor meet in the statekeeper, so that each can be changed, replaced and tested alone.",
    packages: ["core", "statekeeper"],
    rooms: {
      crossing: [],
      shared: ["crossing"],
      bridge: ["crossing", "shared"],
      capacity: ["shared"],
      sweeping: ["shared"],
    },
  },
  supervision: {
    why: "Supervision starts workers as processes, and is not part of what they do.",
    packages: ["core", "statekeeper", "health", "worker"],
    rooms: {},
  },
  batch: {
    why: "Batches use what callers have, and what a function may ask for.",
    packages: ["core", "statekeeper", "client", "worker"],
    rooms: {
      data: [],
      chunks: ["data"],
      spec: ["data", "chunks"],
      workplaces: ["data", "chunks"],
      planning: ["data", "chunks", "spec", "workplaces"],
      run: ["data", "chunks", "spec", "workplaces", "planning"],
      results: ["data", "chunks", "run"],
      runs: ["data", "chunks", "spec", "planning", "run", "results"],
    },
  },
  sweep: {
    why: "Sweeps split work before it runs, and run it as a caller of any grid; they may ask for what a function may.",
    packages: ["core", "client", "batch", "worker"],
    rooms: {
      split: [],
      files: ["split"],
      jobs: ["split", "files"],
      results: ["split"],
      run: ["split", "jobs", "results"],
    },
  },
  dashboard: {
    why: "The dashboard reads what the statekeeper and the runs' queue say; its words come from the command line.",
    packages: ["core", "statekeeper", "batch"],
    rooms: {
      model: [],
      collect: ["model"],
      access: [],
      source: ["model", "collect"],
      serve: ["model", "collect", "access"],
      page: ["model"],
    },
  },
  cli: {
    why: "The command line is part of callgrid and cannot import it: what it needs comes from the package that has it.",
    packages: [
      "core",
      "statekeeper",
      "health",
      "client",
      "worker",
      "distributor",
      "supervision",
      "batch",
      "sweep",
      "dashboard",
    ],
    rooms: {
      terminal: [],
      "command-line": ["terminal"],
      files: ["terminal"],
      projects: ["terminal", "files"],
      runs: ["terminal", "command-line"],
      torture: ["terminal"],
      logs: ["terminal", "files"],
      requests: ["terminal", "command-line", "files"],
      cache: ["terminal", "requests"],
      replay: ["terminal", "requests"],
      batches: ["terminal", "command-line", "files", "logs", "requests"],
      "map-reduce": ["terminal", "command-line", "files", "logs", "requests"],
      packing: ["files"],
      sweeps: ["terminal", "command-line", "files", "logs", "packing"],
      nodes: ["terminal", "command-line", "logs"],
      pools: ["terminal", "command-line", "logs"],
      dashboards: ["terminal", "pools", "requests"],
      commands: [
        "terminal",
        "command-line",
        "files",
        "projects",
        "runs",
        "torture",
        "logs",
        "requests",
        "cache",
        "replay",
        "batches",
        "map-reduce",
        "sweeps",
        "nodes",
        "pools",
        "dashboards",
      ],
    },
  },
  callgrid: {
    why: "What users install: all of it.",
    packages: ["core", "statekeeper", "client", "worker", "distributor", "supervision", "batch", "sweep", "cli"],
    rooms: {},
  },
};

/** Libraries that one package imports, so that what they do is done in one place. */
export const libraries: Readonly<Record<string, { readonly owners: readonly string[]; readonly why: string }>> = {
  superjson: { owners: ["core"], why: "Only core encodes values, so that ids and payloads agree everywhere." },
  ioredis: {
    owners: ["statekeeper"],
    why: "Only the statekeeper talks to Redis; the memory back end keeps the same contract.",
  },
  bullmq: { owners: ["batch"], why: "Only batch has durable runs; everything else gets its work from the pool." },
};

/** Folders of programs that import what users install. */
export const programs: readonly string[] = ["examples", "bench"];
