/** A field that only tsx treats as tsconfig.json has it: Node, which defines it, overwrites what the base class has set. */
import { define } from "callgrid";

class Base {
  constructor() {
    this.begin();
  }

  begin(): void {}
}

class Begun extends Base {
  begun?: true;

  override begin(): void {
    this.begun = true;
  }
}

export const begun = define("begun", (): boolean => new Begun().begun === true);
