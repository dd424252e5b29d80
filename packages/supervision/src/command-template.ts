/**
 * Commands that users give with placeholders, such as `ssh {host} -- {command}`. A template is split into words before anything
 * is filled in, so that no host and no command can become more words than it was meant to be.
 */
import { GridError } from "@callgrid/core";

/** What a template is filled with. */
export interface TemplateValues {
  /** For `{host}`. */
  readonly host: string;
  /** For `{command}`, quoted as one text for a shell; for `{arguments}`, a word for each. */
  readonly command: readonly string[];
}

const allArguments = "{arguments}";
// no hyphen at its beginning, where commands would take it for an option; nothing that means something to a shell
const hostPattern = /^[\w:[][\w.:@%+/[\]-]*$/;
const plainWord = /^[\w.,:/@%+=-]+$/;
const wordPart = /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\]+)/suy;

/**
 * The command and its arguments.
 *
 * @param template - text in the words of a shell, quotes and all, or the words themselves.
 * @throws GridError `INVALID_OPTION` for a template without a place for the command, for open quotes, for an invalid host.
 */
export function fillTemplate(
  template: string | readonly string[],
  { host, command }: TemplateValues,
): readonly [string, ...string[]] {
  const words = typeof template === "string" ? splitWords(template) : template;
  if (!words.some((word) => word === allArguments || word.includes("{command}"))) {
    throw invalid(`it has neither {command} nor {arguments}: ${words.join(" ")}`);
  }
  if (!hostPattern.test(host)) throw invalid(`${JSON.stringify(host)} is not a name or address of a host`);
  const fill = (word: string): string =>
    word.replaceAll(/\{(host|command)\}/g, (_, name) => (name === "host" ? host : shellText(command)));
  const [first = "", ...rest] = words.flatMap((word) => (word === allArguments ? command : [fill(word)]));
  return [first, ...rest];
}

/** Words as one text that a POSIX shell splits into the same words. */
export function shellText(words: readonly string[]): string {
  return words.map((word) => (plainWord.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

/** Words as a POSIX shell splits them: quotes and backslashes count, variables and patterns mean nothing. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const blanks = /\s*/y;
    blanks.lastIndex = at;
    at += blanks.exec(text)?.[0].length ?? 0;
    if (at === text.length) break;
    const word = readWord(text, at);
    words.push(word.text);
    at = word.end;
  }
  return words;
}

function readWord(text: string, start: number): { readonly text: string; readonly end: number } {
  let [word, end] = ["", start];
  while (end < text.length && !/\s/.test(text.charAt(end))) {
    wordPart.lastIndex = end;
    const part = wordPart.exec(text);
    if (part === null) throw invalid(`a quote or backslash at its character ${end + 1} is left open: ${text}`);
    const [all, single, double, escaped, plain] = part;
    word += single ?? double?.replaceAll(/\\(["\\$`])/g, "$1") ?? escaped ?? plain ?? "";
    end += all.length;
  }
  return { text: word, end };
}

function invalid(problem: string): GridError {
  return new GridError("INVALID_OPTION", `the command that starts workers elsewhere: ${problem}`, {
    details: { path: "command" },
  });
}
