/**
 * The results as a picture: a panel for each workload, with a bar for each row that others are compared with, and for each
 * other system at its best setting. */

import { type MetricName, metrics } from "../metrics.ts";
import { systemNames } from "../system.ts";
import { figureText } from "./figure-text.ts";
import { bestOf } from "./goals.ts";
import { type ResultGroup, type Results, summaryOf } from "./results.ts";

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly isOurs: boolean;
}

interface Panel {
  readonly title: string;
  readonly note: string;
  readonly bars: readonly Bar[];
}

const width = 460;
const labelWidth = 205;
const barSpace = 22;
const barHeight = 14;
const headHeight = 52;
const margin = 16;
const longestBar = width - labelWidth - 90;

/** Workloads with the groups that are worth a panel; growth is a curve, and has none. */
const shown: ReadonlyArray<readonly [workload: string, group: string]> = [
  ["W1", "no-ops"],
  ["W2", "trips"],
  ["W3", "empty-leaves"],
  ["W4", "distinct"],
  ["W5", "small"],
  ["W5", "large"],
  ["W6", "naps"],
  ["W8", "large"],
];

/** An SVG in two columns. Its colours follow those of the page that it is on. */
export function chartOf(results: Results): string {
  const panels = panelsOf(results);
  const rows = Array.from({ length: Math.ceil(panels.length / 2) }, (_, row) => panels.slice(2 * row, 2 * row + 2));
  const parts: string[] = [];
  let top = margin;
  for (const row of rows) {
    row.forEach((panel, column) => {
      parts.push(panelSvg(panel, { left: margin + column * (width + margin), top }));
    });
    top += Math.max(...row.map(heightOf)) + margin;
  }
  return svg(parts, { width: 2 * width + 3 * margin, height: top });
}

function panelsOf({ workloads }: Results): Panel[] {
  return shown.flatMap(([id, key]) => {
    const group = workloads.find((one) => one.id === id)?.groups.find((one) => one.key === key);
    const [metric] = group?.metrics ?? [];
    return group === undefined || metric === undefined ? [] : [panelOf(group, { id, metric })];
  });
}

function panelOf(group: ResultGroup, { id, metric }: { readonly id: string; readonly metric: MetricName }): Panel {
  const others = systemNames.flatMap((name) => (name === "callgrid" ? [] : (bestOf(group, [name], metric) ?? [])));
  const rows = [...group.rows.filter(({ isReference }) => isReference), ...others];
  const bars = rows.flatMap((row): Bar[] => {
    const value = summaryOf(row, metric)?.median;
    return value === undefined ? [] : [{ label: row.name, value, isOurs: row.system === "callgrid" }];
  });
  const { heading, isMoreBetter } = metrics[metric];
  return { title: `${id}: ${group.title}`, note: `${heading}; ${isMoreBetter ? "more" : "less"} is better`, bars };
}

function heightOf({ bars }: Panel): number {
  return headHeight + bars.length * barSpace;
}

function panelSvg(
  { title, note, bars }: Panel,
  { left, top }: { readonly left: number; readonly top: number },
): string {
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const lines = bars.map(({ label, value, isOurs }, index) => {
    const y = headHeight + index * barSpace;
    const length = Math.max(1, (longestBar * value) / most).toFixed(1);
    const middle = y - 3 + barHeight;
    return [
      `<text x="${labelWidth - 8}" y="${middle}" class="label">${escaped(label)}</text>`,
      `<rect x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" class="${isOurs ? "ours" : "other"}"/>`,
      `<text x="${(labelWidth + Number(length) + 6).toFixed(1)}" y="${middle}">${figureText(value)}</text>`,
    ].join("");
  });
  const head = `<text y="18" class="title">${escaped(title)}</text><text y="36" class="note">${escaped(note)}</text>`;
  return `<g transform="translate(${left} ${top})">${head}${lines.join("\n")}</g>`;
}

function svg(parts: readonly string[], size: { readonly width: number; readonly height: number }): string {
  const box = `width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img">\n${style}\n${parts.join("\n")}\n</svg>\n`;
}

const style = `<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.note { fill: #59636e }
.label { text-anchor: end }
.ours { fill: #1f6feb }
.other { fill: #afb8c1 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .note { fill: #9198a1 }
  .ours { fill: #4493f8 }
  .other { fill: #59636e }
}
</style>`;

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
