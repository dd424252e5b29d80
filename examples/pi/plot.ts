/** Plots the mean error of the merged results over the number of darts, both in powers of ten, as SVG on stdout. */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const [width, height, margin] = [480, 320, 48];

/** The plot of a file of results. */
export function plotOf(csv: string): string {
  const points = meanErrors(csv).map(([darts, error]) => [Math.log10(darts), Math.log10(error)] as const);
  const xScale = scale(
    points.map(([x]) => x),
    margin,
    width - margin,
  );
  const yScale = scale(
    points.map(([, y]) => y),
    height - margin,
    margin,
  );
  const dots = points.map(([x, y]) => `<circle cx="${xScale(x)}" cy="${yScale(y)}" r="4"/>`);
  const labels = points.map(([x, y]) => `<text x="${xScale(x)}" y="${yScale(y) - 10}">${(10 ** y).toFixed(3)}</text>`);
  const ticks = points.map(
    ([x]) => `<text x="${xScale(x)}" y="${height - margin / 3}">${Math.round(10 ** x)} darts</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11" text-anchor="middle">`,
    `<text x="${width / 2}" y="20">mean error of pi</text>`,
    `<polyline fill="none" stroke="black" points="${points.map(([x, y]) => `${xScale(x)},${yScale(y)}`).join(" ")}"/>`,
    ...dots,
    ...labels,
    ...ticks,
    "</svg>",
  ].join("\n");
}

/** By number of darts, the fewest first. */
function meanErrors(csv: string): Array<[darts: number, error: number]> {
  const [header = "", ...rows] = csv.trim().split("\n");
  const columns = header.split(",");
  const [dartsAt, errorAt] = [columns.indexOf("darts"), columns.indexOf("error")];
  const errors = new Map<number, number[]>();
  for (const row of rows) {
    const cells = row.split(",").map(Number);
    const darts = cells[dartsAt] ?? 0;
    errors.set(darts, [...(errors.get(darts) ?? []), cells[errorAt] ?? 0]);
  }
  const means = [...errors].map(([darts, some]): [number, number] => [
    darts,
    some.reduce((a, b) => a + b) / some.length,
  ]);
  return means.sort(([one], [other]) => one - other);
}

function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return (value) => Math.round(from + ((value - least) / (most - least || 1)) * (to - from));
}

const [, program = "", file = ""] = process.argv;
if (import.meta.url === pathToFileURL(program).href) console.log(plotOf(gunzipSync(readFileSync(file)).toString()));
