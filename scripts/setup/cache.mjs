import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Writes one line of progress; stdout is left to the programs that answer on it. */
export function toStderr(line) {
  process.stderr.write(`${line}\n`);
}

/** The folder that holds everything set up outside the checkout. Safe to delete as a whole. */
export function cacheRoot() {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = process.env.SEALONG_CACHE || join(base, 'sealong');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** 16 hex digits over the parts in their order. */
export function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Hash of the contents of `files`, which are named relative to the checkout. */
export function hashOfFiles(files) {
  return hashOf(...files.flatMap((file) => [file, readFileSync(join(root, file))]));
}

/**
 * The cache folder for `name` made from `inputs` (any strings), built by `build(folder)` when it
 * is not there yet. The build works in a folder that is renamed when complete, so that a kill
 * leaves nothing that looks finished, and of two processes building at once the first one wins.
 */
export async function once(name, inputs, build) {
  const done = join(cacheRoot(), `${name}-${hashOf(...inputs)}`);
  if (existsSync(done)) {
    return done;
  }
  removeAbandonedBuilds(cacheRoot());
  const suffix = randomBytes(3).toString('hex');
  const building = join(cacheRoot(), `.building-${process.pid}-${name}-${suffix}`);
  mkdirSync(building);
  try {
    await build(building);
    renameSync(building, done);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    if (!existsSync(done)) {
      throw error;
    }
  }
  return done;
}

/** Removes what killed processes left in `folder`, by the process number in `.building-<pid>`. */
export function removeAbandonedBuilds(folder) {
  for (const entry of readdirSync(folder)) {
    const pid = /^\.building-(\d+)(-|$)/.exec(entry)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      rmSync(join(folder, entry), { recursive: true, force: true });
    }
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Runs a command to its end and returns its stdout. A failure is an Error with the command, its
 * exit status and the first and last lines it wrote; `hint` says what to do about it.
 */
export function execute(command, args, { cwd = root, env = {}, hint } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => {
        output[stream] += text;
      });
    }
    const fail = (outcome) => {
      const said = output.stderr.trim() || output.stdout.trim();
      const lines = [`${[command, ...args].join(' ')}: ${outcome}`];
      lines.push(...endsOf(said.split('\n').filter((line) => line.trim() !== '')));
      reject(new Error([...lines, ...(hint ? [hint] : [])].join('\n  ')));
    };
    child.on('error', (error) =>
      fail(error.code === 'ENOENT' ? `${command} is not installed` : error.message),
    );
    child.on('close', (status, signal) => {
      if (status === 0) {
        resolve(output.stdout);
      } else {
        fail(signal ? `ended by ${signal}` : `exit status ${status}`);
      }
    });
  });
}

// Some programs say what is wrong first and then how they are used, others the other way round.
function endsOf(lines) {
  return lines.length <= 12 ? lines : [...lines.slice(0, 6), '...', ...lines.slice(-6)];
}

/** The path of the first of `names` found on PATH, or undefined. */
export function findCommand(...names) {
  const folders = (process.env.PATH ?? '').split(':').filter(Boolean);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}
