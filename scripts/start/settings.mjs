import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

// For an editor that was just made: nothing between the user and the demo, nothing sent anywhere.
const firstSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

/**
 * Points the served editor at the embedded models. What the user chose stays: the address of the
 * embedded server changes from start to start, which server is used does not.
 */
export function writeSettings({ userFile, machineFile }, { url, folder }, log) {
  merge(userFile, firstSettings, log, (settings) => ({
    'sealong.endpoint': 'embedded',
    ...settings,
    'sealong.endpoints': { ...settings['sealong.endpoints'], embedded: { base_url: `${url}/v1` } },
  }));
  // A folder belongs to the machine that the extension runs on: a served editor reads it here alone.
  merge(machineFile, {}, log, (settings) => ({ ...settings, 'sealong.embedded.folder': folder }));
}

function merge(file, first, log, change) {
  let settings = first;
  if (existsSync(file)) {
    try {
      settings = JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      const wanted = JSON.stringify(change({}));
      log(`${file} holds comments and is left as it is; add to it by hand: ${wanted}`);
      return;
    }
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(change(settings), null, 2)}\n`);
}
