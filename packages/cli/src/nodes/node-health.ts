/** Serves the health pages of nodes if the command has a port for them. Their modules are loaded only then. */
import type { HealthParts, MeasureBook } from "@callgrid/health";
import type { Logger } from "pino";

/** Where to serve it; port 0: nowhere. */
export interface HealthPlace {
  readonly healthPort: number;
  readonly healthHost: string;
}

/** A book for what workers measure; undefined without a health port. */
export async function openMeasureBook({ healthPort }: HealthPlace): Promise<MeasureBook | undefined> {
  if (healthPort === 0) return undefined;
  const health = await import("@callgrid/health");
  return new health.MeasureBook();
}

/** Runs `action` with health being served. */
export async function withHealth<Result>(
  { healthPort: port, healthHost: host }: HealthPlace,
  parts: Omit<HealthParts, "port" | "host"> & { readonly log: Logger },
  action: () => Promise<Result>,
): Promise<Result> {
  if (port === 0) return action();
  const { startHealth } = await import("@callgrid/health");
  const health = await startHealth({ ...parts, port, host });
  parts.log.info({ url: health.url }, "serving /healthz, /readyz, /metrics and /capacity");
  try {
    return await action();
  } finally {
    await health.stop();
  }
}
