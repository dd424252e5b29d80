/** Which names the nodes of a module give a meaning of their own. */
import type { Node, Program } from "oxc-parser";

/** By a declaration, its parameters, or as a label. */
export function boundBy(node: Node): string[] {
  switch (node.type) {
    case "VariableDeclarator":
    case "ClassDeclaration":
    case "ClassExpression":
      return namesIn(node.id);
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return [node.id, ...node.params].flatMap((each) => namesIn(each));
    case "CatchClause":
      return namesIn(node.param);
    case "LabeledStatement":
      return namesIn(node.label);
    default:
      return [];
  }
}

/** The imports, variables, functions and classes of a module: what it can export by name when types are removed. */
export function valuesOf({ body }: Program): Set<string> {
  return new Set(body.flatMap((node) => ("declaration" in node ? valuesIn(node.declaration) : valuesIn(node))));
}

function valuesIn(node: Node | null): string[] {
  if (node === null || ("declare" in node && node.declare === true)) return [];
  switch (node.type) {
    case "ImportDeclaration":
      return node.specifiers.flatMap(({ local }) => namesIn(local));
    case "VariableDeclaration":
      return node.declarations.flatMap(({ id }) => namesIn(id));
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return namesIn(node.id);
    default:
      return [];
  }
}

function namesIn(pattern: Node | null): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((each) => namesIn(each));
    case "ArrayPattern":
      return pattern.elements.flatMap((each) => namesIn(each));
    case "Property":
      return namesIn(pattern.value);
    case "AssignmentPattern":
      return namesIn(pattern.left);
    case "RestElement":
      return namesIn(pattern.argument);
    case "TSParameterProperty":
      return namesIn(pattern.parameter);
    default:
      return [];
  }
}
