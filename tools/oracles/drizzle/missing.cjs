// A schema may import packages of its application that are not here: they become a function that answers everything.
const Module = require("module");
const path = require("path");

const find = Module._resolveFilename;
const anything = () =>
  new Proxy(function () {}, {
    get: (target, key) => {
      if (key === "__esModule") return true;
      if (key === "then") return undefined;
      if (key === Symbol.toPrimitive) return () => "missing";
      if (key === Symbol.iterator) return function* () {};
      return key === "prototype" ? target.prototype : anything();
    },
    apply: () => anything(),
    construct: () => anything(),
  });

Module._resolveFilename = function (request, parent, ...rest) {
  try {
    return find.call(this, request, parent, ...rest);
  } catch (error) {
    const from = (parent && parent.filename) || "";
    if (/[\\/]node_modules[\\/]/.test(from) || /^[./]/.test(request) || request.startsWith("drizzle-orm")) throw error;
    process.stderr.write(`not installed, left out: ${request}\n`);
    return path.join(__dirname, "missing.cjs");
  }
};
module.exports = anything();
