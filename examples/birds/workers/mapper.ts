/** Counts the birds of some lines by their colour. A line is `date,species,colour,count`. */
import { readFileLines } from "callgrid";

export function start(file: string, fromLine: number, toLine: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of readFileLines(file, fromLine, toLine)) {
    const [, , colour = "", count = "0"] = line.split(",");
    counts[colour] = (counts[colour] ?? 0) + Number(count);
  }
  return counts;
}
