/** The head of a packed sweep's code: what it has in place of files. */
{
  const { getAsset } = process.getBuiltinModule("node:sea");
  const load = `process.getBuiltinModule("node:vm").runInThisContext(process.getBuiltinModule("node:sea").getAsset("thread", "utf8"))`;
  globalThis[Symbol.for("callgrid.packed-files")] = {
    moduleUrl: (name) => `data:text/javascript,export default await ${load}(${JSON.stringify(name)});`,
    read(path) {
      try {
        return new Uint8Array(getAsset(`files/${path}`));
      } catch {
        return undefined;
      }
    },
  };
}
