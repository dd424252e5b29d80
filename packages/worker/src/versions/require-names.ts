/**
 * By which expressions a module requires others: `require`, `module.require`, and what `createRequire` returned for this module, called at once or kept in
 * a variable. Scopes are not looked at: a name is taken to mean the same in the whole module.
 */
import { type CallExpression, type Expression, type Program, Visitor } from "oxc-parser";

type Callee = CallExpression["callee"];

export class RequireNames {
  /** Where `createRequire` is called, and what it returns goes out of sight or is for another module. */
  readonly unfollowed: ReadonlySet<number>;
  readonly #makers = new Set(["createRequire"]);
  readonly #names = new Set(["require"]);
  readonly #made = new Set<number>();

  constructor(program: Program) {
    const followed = new Set<number>();
    const follow = (expression: Expression): boolean => {
      const isOwn = this.#isMadeHere(expression);
      if (isOwn) followed.add(expression.start);
      return isOwn;
    };
    new Visitor({
      ImportSpecifier: ({ imported, local }) => {
        if (nameOf(imported) === "createRequire") this.#makers.add(local.name);
      },
    }).visit(program);
    new Visitor({
      VariableDeclarator: ({ id, init }) => {
        if (id.type !== "Identifier" || init === null) return;
        if (follow(init) || isNamed(init, this.#names)) this.#names.add(id.name);
      },
      CallExpression: (call) => {
        if (this.#isMaker(call.callee)) this.#made.add(call.start);
        follow(requirerOf(call.callee));
      },
    }).visit(program);
    this.unfollowed = new Set([...this.#made].filter((at) => !followed.has(at)));
  }

  /** Whether a call of `callee` requires a module, or resolves one. */
  isRequire(callee: Callee): boolean {
    const requirer = requirerOf(callee);
    return isNamed(requirer, this.#names) || isModuleRequire(requirer) || this.#isMadeHere(requirer);
  }

  #isMadeHere(expression: Expression): boolean {
    return expression.type === "CallExpression" && this.#isMaker(expression.callee) && isThisModule(expression);
  }

  #isMaker(callee: Callee): boolean {
    return isNamed(callee, this.#makers) || memberOf(callee)?.name === "createRequire";
  }
}

/** `require` of `require.resolve`. */
function requirerOf(callee: Callee): Expression {
  const member = memberOf(callee);
  return member?.name === "resolve" ? member.object : callee;
}

function isModuleRequire(expression: Expression): boolean {
  const member = memberOf(expression);
  return member?.name === "require" && isNamed(member.object, new Set(["module"]));
}

function isThisModule({ arguments: [base] }: CallExpression): boolean {
  if (base === undefined || base.type === "SpreadElement") return false;
  if (isNamed(base, new Set(["__filename"]))) return true;
  const member = memberOf(base);
  return member?.object.type === "MetaProperty" && ["url", "filename"].includes(member.name);
}

function memberOf(expression: Expression): { readonly object: Expression; readonly name: string } | undefined {
  if (expression.type !== "MemberExpression" || expression.computed) return undefined;
  return { object: expression.object, name: expression.property.name };
}

function isNamed(expression: Expression, names: ReadonlySet<string>): boolean {
  return expression.type === "Identifier" && names.has(expression.name);
}

function nameOf(imported: { readonly name: string } | { readonly value: string }): string {
  return "name" in imported ? imported.name : imported.value;
}
