/** The first script of a packed sweep: runs `callgrid sweep` with the arguments, from the code within the executable. */
// nothing is written but results, and the files next to the executable come before those within
process.env.NODE_DISABLE_COMPILE_CACHE = "1";
process.env.CALLGRID_SWEEP_FOLDER ??= require("node:path").dirname(process.execPath);
process.argv.splice(2, 0, "sweep");
const { getAsset } = require("node:sea");
require("node:vm").runInThisContext(getAsset("thread", "utf8"))("bin.js");
