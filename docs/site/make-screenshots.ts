/**
 * Runs the commands of README's section on batches in a terminal of 120 columns, and draws what they show as SVG into docs/pictures:
 * `npm run screenshots`. Of the progress of a batch it draws the last state before half of the slices are done.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const flags = "--functions collatz.ts --process steps --reduce longest";
const plan = `npx callgrid plan ${flags} --range 1..10000000 --nodes 1,8,64`;
const batch = `npx callgrid batch ${flags} --range 1..1000000`;
const rowHeight = 18;
const columnWidth = 7.83;
const margin = 16;
/** What a terminal shows while a command works. */
const spinner = /[\u2800-\u28ff]/g;

const folder = mkdtempSync(join(tmpdir(), "callgrid-screenshots-"));
try {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const readme = readFileSync(join(root, "README.md"), "utf8");
  writeFileSync(join(folder, "collatz.ts"), /^\/\/ collatz\.ts\n[\s\S]*?(?=^```)/m.exec(readme)?.[0] ?? "");
  draw("plan", plan, inTerminal(plan).split(/\r?\n/));
  const states = inTerminal(batch).split("\u001b[1G");
  const early = states.filter((state) => / ([1-4]?\d) % /.test(state));
  draw("batch", batch, [early.at(-1) ?? ""]);
} finally {
  rmSync(folder, { recursive: true });
}

/** All that a command writes to a terminal. */
function inTerminal(command: string): string {
  const script = `stty cols 120; ${command}`;
  return execFileSync("script", ["-qec", script, "/dev/null"], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function draw(name: string, command: string, output: readonly string[]): void {
  const rows = [`$ ${command}`, ...output.map((row) => stripVTControlCharacters(row).replace(spinner, "").trimEnd())];
  while (rows.at(-1) === "") rows.pop();
  const width = Math.ceil(Math.max(...rows.map((row) => [...row].length)) * columnWidth) + 2 * margin;
  const height = rows.length * rowHeight + 2 * margin;
  const texts = rows.map(
    (row, at) => `<text x="${margin}" y="${margin + (at + 0.75) * rowHeight}">${escaped(row)}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>
rect { fill: #f6f8fa } text { fill: #1f2328; font: 13px ui-monospace, Menlo, "DejaVu Sans Mono", monospace; white-space: pre }
@media (prefers-color-scheme: dark) { rect { fill: #161b22 } text { fill: #e6edf3 } }
</style>
<rect width="100%" height="100%" rx="6" />
${texts.join("\n")}
</svg>
`;
  writeFileSync(join(root, "docs/pictures", `${name}.svg`), svg);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
