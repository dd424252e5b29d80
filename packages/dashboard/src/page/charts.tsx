/** Lines over time: a small one in a row of a table, and a large one by uPlot, which nothing else knows of. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { historyAge, type Sample, samplesOf } from "./history.ts";

/** What is drawn of each sample. */
export interface Line {
  readonly label: string;
  readonly of: (sample: Sample) => number | undefined;
  /** A colour of the page, such as `--line-1`. */
  readonly color: string;
}

const sparkWidth = 96;
const sparkHeight = 18;
const sparkSamples = 60;
const chartHeight = 170;

export function Sparkline({ pool, of }: { readonly pool: string; readonly of: Line["of"] }) {
  historyAge.value;
  const values = samplesOf(pool)
    .slice(-sparkSamples)
    .map((sample) => of(sample) ?? 0);
  const most = Math.max(...values, 1e-9);
  const points = values.map((value, index) => {
    const x = sparkWidth - (values.length - 1 - index) * (sparkWidth / (sparkSamples - 1));
    return `${x.toFixed(1)},${(sparkHeight - 1 - (value / most) * (sparkHeight - 2)).toFixed(1)}`;
  });
  return (
    <svg class="spark" width={sparkWidth} height={sparkHeight} aria-hidden="true">
      <polyline points={points.join(" ")} />
    </svg>
  );
}

interface ChartProps {
  readonly title: string;
  readonly pool: string;
  readonly lines: readonly Line[];
}

export function Chart({ title, pool, lines }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  useEffect(() => {
    if (place.current === null) return;
    const drawn = new uPlot(chartOptions(place.current, lines), [[]], place.current);
    plot.current = drawn;
    const sizes = new ResizeObserver(([entry]) => {
      if (entry !== undefined) drawn.setSize({ width: entry.contentRect.width, height: chartHeight });
    });
    sizes.observe(place.current);
    return () => {
      sizes.disconnect();
      drawn.destroy();
    };
  }, [pool]);
  const age = historyAge.value;
  useEffect(() => {
    const samples = samplesOf(pool);
    const times = samples.map(({ atMs }) => atMs / 1_000);
    plot.current?.setData([times, ...lines.map(({ of }) => samples.map((sample) => of(sample) ?? null))]);
  }, [pool, age]);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={place} />
    </figure>
  );
}

function chartOptions(place: HTMLElement, lines: readonly Line[]): uPlot.Options {
  const styles = getComputedStyle(place);
  const color = (name: string): string => styles.getPropertyValue(name).trim();
  const axis = { stroke: color("--faint"), grid: { stroke: color("--rule"), width: 1 }, ticks: { show: false } };
  return {
    width: place.clientWidth,
    height: chartHeight,
    series: [
      { value: (_, seconds) => (seconds === null ? "–" : new Date(seconds * 1_000).toLocaleTimeString()) },
      ...lines.map((line) => ({
        label: line.label,
        stroke: color(line.color),
        width: 1.5,
        points: { show: false },
        value: (_: uPlot, value: number | null) => (value === null ? "–" : value.toLocaleString("en")),
      })),
    ],
    axes: [axis, { ...axis, size: 56 }],
    scales: { y: { range: (_, __, most) => [0, Math.max(1, (most ?? 1) * 1.1)] } },
    cursor: { drag: { x: false, y: false } },
  };
}
