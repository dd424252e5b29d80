/** Follows all pools for one viewer of this process, such as a terminal. */
import { type Clock, systemClock } from "@callgrid/core";
import type { Overview } from "../model/documents.ts";
import { type Fields, patched } from "../model/merge-patch.ts";
import { Collector } from "./collector.ts";
import type { DashboardSource } from "./dashboard-source.ts";

/** Calls back with every change, about once a second, until what it returns is called. */
export function followOverview(
  source: DashboardSource,
  onChange: (overview: Overview) => void,
  clock: Clock = systemClock,
): () => void {
  let document: Fields = {};
  const viewer = {
    isReady: () => true,
    send: ({ kind, data }: { readonly kind: "whole" | "patch"; readonly data: string }) => {
      const fields = JSON.parse(data) as Fields;
      document = kind === "whole" ? fields : patched(document, fields);
      onChange(document as unknown as Overview);
    },
    miss: () => undefined,
  };
  return new Collector(source, clock).follow(viewer, { hasRuns: false });
}
