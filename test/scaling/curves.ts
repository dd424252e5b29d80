/** The results as curves over the number of workers: one panel a measure, one line a scenario. */

import type { ScalingResult } from "./scaling-result.ts";
import { type Scenario, scenarios } from "./scenario.ts";

interface Panel {
  readonly title: string;
  readonly scenarios: ReadonlyArray<Scenario["name"]>;
  readonly valueOf: (result: ScalingResult) => number;
  /** The upper end of the scale, if it is not that of the largest value. */
  readonly most?: number;
}

const panels: readonly Panel[] = [
  {
    title: "Utilisation, % (until 95 % has started)",
    scenarios: ["full", "usual", "rough"],
    valueOf: ({ utilisation }) => 100 * utilisation,
    most: 100,
  },
  {
    title: "Redis commands per request",
    scenarios: ["full", "usual", "rough"],
    valueOf: ({ commandsPerRequest }) => commandsPerRequest,
  },
  { title: "Wait until a request starts, p99, ms", scenarios: ["usual", "rough"], valueOf: ({ waitMs }) => waitMs.p99 },
  {
    title: "Touches of the hottest key, thousands per second",
    scenarios: ["full", "usual", "rough"],
    valueOf: ({ hottestKey }) => hottestKey.perSecond / 1_000,
  },
];

const width = 460;
const height = 250;
const margin = 16;
const plot = { left: 48, top: 34, right: 70, bottom: 30 };
const ticks = 4;

/** An SVG in two columns. Its colours follow those of the page that it is on. */
export function curvesOf(results: readonly ScalingResult[]): string {
  const parts = panels.map((panel, index) => {
    const left = margin + (index % 2) * (width + margin);
    const top = margin + Math.floor(index / 2) * (height + margin);
    return `<g transform="translate(${left} ${top})">${panelSvg(panel, results)}</g>`;
  });
  const size = { width: 2 * width + 3 * margin, height: Math.ceil(panels.length / 2) * (height + margin) + margin };
  const box = `width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img">\n${style}\n${parts.join("\n")}\n</svg>\n`;
}

function panelSvg(panel: Panel, results: readonly ScalingResult[]): string {
  const shown = results.filter(({ scenario }) => panel.scenarios.includes(scenario));
  const most = panel.most ?? niceAbove(Math.max(0, ...shown.map(panel.valueOf)));
  const sizes = [...new Set(results.map(({ workers }) => workers))].sort((one, other) => one - other);
  const x = (workers: number): number =>
    across(Math.log10(workers), Math.log10(sizes[0] ?? 1), Math.log10(sizes.at(-1) ?? 10));
  const y = (value: number): number => height - plot.bottom - (value / most) * (height - plot.top - plot.bottom);
  const grid = Array.from({ length: ticks + 1 }, (_, tick) => {
    const value = (most * tick) / ticks;
    const at = y(value).toFixed(1);
    const line = `<path d="M${plot.left} ${at}H${width - plot.right}" class="grid"/>`;
    return `${line}<text x="${plot.left - 6}" y="${(Number(at) + 4).toFixed(1)}" class="scale">${shortened(value)}</text>`;
  });
  const feet = sizes.map(
    (workers) =>
      `<text x="${x(workers).toFixed(1)}" y="${height - plot.bottom + 18}" class="foot">${workers.toLocaleString("en")}</text>`,
  );
  const lines = scenarios.map(({ name }) => {
    const points = shown
      .filter(({ scenario }) => scenario === name)
      .sort((one, other) => one.workers - other.workers)
      .map((result) => ({ left: x(result.workers).toFixed(1), top: y(panel.valueOf(result)).toFixed(1) }));
    const last = points.at(-1);
    if (last === undefined) return "";
    const dots = points.map(({ left, top }) => `<circle cx="${left}" cy="${top}" r="3" class="${name}"/>`);
    const path = `<path d="M${points.map(({ left, top }) => `${left} ${top}`).join("L")}" class="line ${name}"/>`;
    return `${path}${dots.join("")}`;
  });
  return [`<text y="18" class="title">${panel.title}</text>`, ...grid, ...feet, ...lines, legend(panel)].join("\n");
}

function legend({ scenarios: names }: Panel): string {
  const left = width - plot.right + 10;
  const entries = names.map((name, index) => {
    const top = plot.top + 10 + 18 * index;
    return `<circle cx="${left}" cy="${top}" r="4" class="${name}"/><text x="${left + 9}" y="${top + 4}">${name}</text>`;
  });
  return entries.join("");
}

function across(value: number, least: number, most: number): number {
  const share = most === least ? 0.5 : (value - least) / (most - least);
  return plot.left + 14 + share * (width - plot.left - plot.right - 28);
}

function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

function shortened(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en");
}

const style = `<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.scale { text-anchor: end; fill: #59636e }
.foot { text-anchor: middle; fill: #59636e }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.line { fill: none; stroke-width: 2 }
.full { fill: #1f6feb; stroke: #1f6feb }
.usual { fill: #1a7f37; stroke: #1a7f37 }
.rough { fill: #bc4c00; stroke: #bc4c00 }
path.line { fill: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .scale, .foot { fill: #9198a1 }
  .grid { stroke: #3d444d }
  .full { fill: #4493f8; stroke: #4493f8 }
  .usual { fill: #3fb950; stroke: #3fb950 }
  .rough { fill: #f0883e; stroke: #f0883e }
  path.line { fill: none }
}
</style>`;
