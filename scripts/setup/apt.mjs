import { execute, findCommand } from './cache.mjs';

let turn = Promise.resolve();
let updated = false;

/** Whether this process may install Debian packages. */
export function canInstallPackages() {
  return process.getuid?.() === 0 && findCommand('apt-get') !== undefined;
}

/** Installs Debian packages; calls wait for each other, since apt locks its database. */
export function installPackages(packages, log) {
  const install = async () => {
    log(`Installing ${packages.join(', ')} with apt-get`);
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    if (!updated) {
      await execute('apt-get', ['update', '-q'], { env });
      updated = true;
    }
    await execute('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
      env,
    });
  };
  const result = turn.then(install);
  turn = result.catch(() => undefined);
  return result;
}
