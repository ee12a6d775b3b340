import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, findCommand, root } from './cache.mjs';

// The flags are repeated here because the root's .npmrc does not reach folders of the cache.
// Install scripts would compile or download from elsewhere; everything needed is in the packages.
const quiet = ['--ignore-scripts', '--no-fund', '--no-audit', '--no-update-notifier'];
const hint = 'Check that the npm registry can be reached, then run the same command again.';

/**
 * Installs what the package-lock.json in `folder` says, without touching the lock. Not `npm ci`:
 * it refuses a lock that lacks an optional package for some other platform, and a registry need
 * not have them all.
 */
export async function installLocked(folder, options = []) {
  await npm(['install', '--no-save', ...quiet, ...options], folder);
}

/** Installs the package.json and lock kept in scripts/setup/`name` into the empty `folder`. */
export async function installKept(name, folder, options = []) {
  for (const file of ['package.json', 'package-lock.json']) {
    copyFileSync(join(root, 'scripts/setup', name, file), join(folder, file));
  }
  await installLocked(folder, options);
}

/** Puts the tarball of `specifier` (name@version) into `folder`; returns `{file, integrity}`. */
export async function downloadPackage(specifier, folder) {
  const args = ['pack', specifier, '--json', '--pack-destination', folder, ...quiet];
  const answer = JSON.parse(await npm(args, folder));
  // npm 11 answers with a list, later versions with an object keyed by package name.
  const { filename, integrity } = Object.values(answer)[0];
  return { file: join(folder, filename), integrity };
}

function npm(args, cwd) {
  if (findCommand('npm') === undefined) {
    throw new Error('npm is missing. Install it with: apt-get install npm');
  }
  return execute('npm', args, { cwd, hint });
}
