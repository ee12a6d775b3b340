'use strict';
// Takes the place of VS Code's logging module, whose compiled part is not among the packages: without
// it the served editor has no log files, and "Show Log" stays empty. Writes line by line, at once.
const { appendFileSync, mkdirSync, renameSync, statSync } = require('node:fs');
const { dirname } = require('node:path');

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

class Logger {
  #file;
  #maxBytes;
  #level = levels.indexOf('info');
  #bare = false;

  constructor(_kind, _name, file, maxBytes = 0) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    mkdirSync(dirname(file), { recursive: true });
  }

  getLevel() {
    return this.#level;
  }

  setLevel(level) {
    this.#level = level;
  }

  setPattern() {
    this.#bare = false;
  }

  clearFormatters() {
    this.#bare = true;
  }

  flush() {}

  drop() {}

  write(level, message) {
    if (levels.indexOf(level) < this.#level) {
      return;
    }
    const time = new Date().toISOString().replace('T', ' ').slice(0, -1);
    try {
      if (this.#maxBytes > 0 && this.#size() > this.#maxBytes) {
        renameSync(this.#file, `${this.#file}.1`);
      }
      appendFileSync(this.#file, this.#bare ? message : `${time} [${level}] ${message}\n`);
    } catch (error) {
      // A log that cannot be written must not end the editor.
      process.stderr.write(`${this.#file}: ${error.message}\n`);
    }
  }

  #size() {
    return statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }
}
for (const level of levels) {
  Logger.prototype[level] = function (message) {
    this.write(level, message);
  };
}

const create = (name, file, maxBytes) =>
  Promise.resolve().then(() => new Logger('rotating', name, file, maxBytes));

// One by one: only so does an import of single names find them.
exports.version = 0;
exports.setLevel = () => undefined;
exports.setFlushOn = () => undefined;
exports.shutdown = () => undefined;
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
