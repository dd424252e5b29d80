/**
 * A function by which any thread of a packed sweep loads one of its modules. The code is a script, and no ES module: to Node, one without a file is a
 * data: URL, which takes seconds at this length. What it imports later has URLs as usual.
 */
(moduleName) => {
  const { getAsset } = process.getBuiltinModule("node:sea");
  const { Script, constants } = process.getBuiltinModule("node:vm");
  const modulesKey = Symbol.for("callgrid.packed-modules");

  function run() {
    // versions of Node where this way to import is experimental warn of it once
    const { emitWarning } = process;
    process.emitWarning = () => undefined;
    try {
      const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
      const script = new Script(getAsset("code", "utf8"), { filename: "packed:sweep", importModuleDynamically });
      script.runInThisContext();
    } finally {
      process.emitWarning = emitWarning;
    }
  }

  if (globalThis[modulesKey] === undefined) run();
  return globalThis[modulesKey][moduleName]();
};
