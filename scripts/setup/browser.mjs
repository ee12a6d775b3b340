import { existsSync } from 'node:fs';
import { canInstallPackages, installPackages } from './apt.mjs';
import { execute, findCommand } from './cache.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macChrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** `{path}` of a Chromium or Chrome that runs, or `{missing}` with the reason. */
export async function ensureBrowser(log) {
  if (find() === undefined && canInstallPackages()) {
    try {
      await installPackages(['chromium'], log);
    } catch (error) {
      return { missing: `chromium could not be installed: ${error.message}` };
    }
  }
  const path = find();
  if (path === undefined) {
    return { missing: 'no Chromium or Chrome; install it with: sudo apt-get install chromium' };
  }
  try {
    // Ubuntu's chromium-browser is a shim that only says to install a snap.
    await execute(path, ['--version']);
  } catch (error) {
    return { missing: `${path} does not run: ${error.message}` };
  }
  return { path };
}

function find() {
  return findCommand(...names) ?? [macChrome].find((path) => existsSync(path));
}
