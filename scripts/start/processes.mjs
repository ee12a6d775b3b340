import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

const graceMs = 5000;
const started = new Set();

/** Starts a program whose stderr goes to the file `log`; `stopAll` ends it. */
export function start(command, args, { env = {}, log, keepStdout = false }) {
  const file = openSync(log, 'w');
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', keepStdout ? 'pipe' : file, file],
  });
  closeSync(file);
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (status, signal) => resolve(signal ?? status));
  });
  const program = { child, ended, log };
  started.add(program);
  void ended.then(() => started.delete(program));
  return program;
}

/** An Error that says how a program ended, with the end of its log. */
export function endedTooEarly(what, outcome, { log }) {
  const lines = readFileSync(log, 'utf8').trim().split('\n').slice(-12);
  return new Error([`${what} ended (${outcome}). Its log, ${log}:`, ...lines].join('\n  '));
}

/** Ends what `start` started: politely, then after 5 s by force. */
export async function stopAll() {
  await Promise.all(
    [...started].map(async ({ child, ended }) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    }),
  );
}
