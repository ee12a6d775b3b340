const { appendFile, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const vscode = require('vscode');

const subject = 'sealong.sealong';
const calmMs = 1500;
const windowMs = 50;

function activate(context) {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  // Says what to measure and which file to add lines of JSON to.
  const { task, order, out } = JSON.parse(readFileSync(join(folder, 'probe.json'), 'utf8'));
  const write = (line) => {
    appendFile(out, `${JSON.stringify({ at: Date.now(), ...line })}\n`, () => {});
  };
  if (task === 'activate') {
    void timeActivations(order).then((ms) => write({ ms }));
  } else {
    watchLoop(context, write);
  }
}

async function timeActivations(order) {
  const ms = {};
  for (const id of order) {
    // Whatever else the window does at its start is over by then.
    await delay(calmMs);
    const extension = vscode.extensions.getExtension(id);
    if (extension.isActive) {
      throw new Error(`${id} was active before it was measured`);
    }
    const start = performance.now();
    await extension.activate();
    ms[id] = performance.now() - start;
  }
  return ms;
}

/**
 * The longest time between two turns of the event loop in each window: as a user sees it, and in the processor time of
 * this thread, which others on the machine do not add to. Not monitorEventLoopDelay(): after a block its timer may come
 * after the one that reads and resets it.
 */
function watchLoop(context, write) {
  let before = { at: performance.now(), cpuMs: threadMs() };
  let opened = before.at;
  let longest = { blockMs: 0, blockCpuMs: 0 };
  const turns = setInterval(() => {
    const now = { at: performance.now(), cpuMs: threadMs() };
    longest = {
      blockMs: Math.max(longest.blockMs, now.at - before.at),
      blockCpuMs: Math.max(longest.blockCpuMs, now.cpuMs - before.cpuMs),
    };
    before = now;
    if (now.at - opened < windowMs) {
      return;
    }
    const active = vscode.extensions.getExtension(subject)?.isActive ?? false;
    write({ ...longest, active, memoryMb: process.memoryUsage.rss() / 1e6 });
    opened = now.at;
    longest = { blockMs: 0, blockCpuMs: 0 };
  }, 1);
  context.subscriptions.push({ dispose: () => clearInterval(turns) });
}

function threadMs() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e3;
}

module.exports = { activate };
