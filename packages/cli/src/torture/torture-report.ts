/** The result of a torture as text for people. */
import { counted, durationText } from "../terminal/durations.ts";
import { type TableStyle, tableText } from "../terminal/table.ts";
import { violationKinds } from "./history.ts";
import type { TortureResult } from "./torture.ts";

export function tortureReport(result: TortureResult, style: TableStyle): string {
  const { asked, answered, evaluated, duplicates, settledMs, counts, seed, violations } = result;
  const { colors } = style;
  const faults = Object.entries(result.faults).map(([kind, times]) => [kind, String(times)]);
  const rows = [
    ["asked", String(asked)],
    ["answered", String(answered)],
    ["evaluations", String(evaluated)],
    ["evaluated again", String(duplicates)],
    ["open at the end, answered after", durationText(settledMs)],
    ...violationKinds.map((kind) => [kind, String(counts[kind])]),
  ];
  const total = violationKinds.reduce((sum, kind) => sum + counts[kind], 0);
  const parts = [
    tableText({ heads: ["fault", "times"], rows: faults }, style),
    "",
    tableText({ heads: ["history", ""], rows }, style),
    "",
    total === 0
      ? colors.green("nothing lost, unanswered, contradicted or wrong")
      : colors.red(`${counted(total, "violation")}; the seed is ${seed}`),
  ];
  for (const { kind, request, answer } of violations)
    parts.push(`  ${kind} ${request}${answer === "" ? "" : `: ${answer}`}`);
  return parts.join("\n");
}
