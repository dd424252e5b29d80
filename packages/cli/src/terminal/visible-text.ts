/**
 * Keeps text that others wrote from steering a terminal: an error, a host name or a line of a log could clear the screen, hide lines or
 * write from right to left. Such characters are shown as `\x1b`, wherever text for people is written; in JSON they are escaped as JSON has it.
 */

/** C0 and C1 without tab and line feed, DEL, marks and overrides of writing direction, and Unicode's own line ends. */
const control = String.raw`[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]`;
const controls = new RegExp(control, "g");
const controlsAndBreaks = new RegExp(`${control}|[\\t\\n]`, "g");

/** A text for people, with what could steer a terminal as `\x1b`. Lines stay lines. */
export function visibleText(text: string): string {
  return text.replace(controls, visibleCharacter);
}

/** The same for text that has to stay on one line, such as a cell of a table. */
export function visibleLine(text: string): string {
  return text.replace(controlsAndBreaks, visibleCharacter);
}

/** JSON without such characters: the ones that JSON lets through occur in strings only, where an escape means the same. */
export function visibleJson(json: string): string {
  return json.replace(controls, (character) => `\\u${hexadecimal(character, 4)}`);
}

function visibleCharacter(character: string): string {
  const hasShortForm = character <= "\xff";
  return hasShortForm ? `\\x${hexadecimal(character, 2)}` : `\\u${hexadecimal(character, 4)}`;
}

function hexadecimal(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, "0");
}
