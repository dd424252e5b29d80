/** JSON that people wrote. All of it is read here, whatever it is for. */
import { shortText } from "@callgrid/core";
import { changesInJavaScript, mayHaveChangingNumber, numberInJavaScript } from "./json-numbers.ts";
import { findJsonNumber, jsonErrorIndex } from "./json-scanner.ts";

const shownCharacters = 40;

/** What is wrong with a text. */
export interface JsonFault {
  /** Where in the text; its length where the text ends too early. */
  readonly index: number;
  /** Goes on after the name of the text: `is not JSON: …`. */
  readonly problem: string;
  /** What to write instead, where that is known. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** Reads JSON; the fault of text that is not JSON, or has a number that JavaScript would read as another one. */
export function readJson(text: string): { readonly value?: unknown; readonly fault?: JsonFault } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return { fault: syntaxFault(text, cause) };
  }
  const changing = mayHaveChangingNumber(text) ? findJsonNumber(text, changesInJavaScript) : undefined;
  return changing === undefined ? { value } : { fault: numberFault(changing) };
}

function syntaxFault(text: string, cause: unknown): JsonFault {
  const index = jsonErrorIndex(text) ?? text.length;
  const found = index >= text.length ? "it ends too early" : `unexpected ${JSON.stringify(text.charAt(index))}`;
  return { index, problem: `is not JSON: ${found}`, cause };
}

function numberFault({ index, literal }: { readonly index: number; readonly literal: string }): JsonFault {
  const written = shortText(literal, shownCharacters);
  const becomes = shortText(numberInJavaScript(literal), shownCharacters);
  return {
    index,
    problem: `has a number that JavaScript cannot represent: ${written}`,
    remedy: `it would become ${becomes}: write it as a string, "${written}", or make a BigInt in the function`,
  };
}
