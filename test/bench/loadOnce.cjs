// Prints how many ms Node takes to load the CommonJS module named, with a stand-in for `vscode`.
const Module = require('node:module');

const anything = new Proxy(class {}, {
  get: (target, name) => (name === 'prototype' ? target.prototype : anything),
  apply: () => anything,
  construct: () => ({}),
  // A bundle copies a module's own names and looks for the others in what it is made from.
  getPrototypeOf: () => anything,
});
const load = Module._load;
Module._load = function (request, ...rest) {
  return request === 'vscode' ? anything : load.call(this, request, ...rest);
};
const start = performance.now();
require(process.argv[2]);
process.stdout.write(`${performance.now() - start}\n`);
process.exit(0);
