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
export function writeSettings(file, { url, folder }, log) {
  let settings = firstSettings;
  if (existsSync(file)) {
    try {
      settings = JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      log(`${file} holds comments and is left as it is; set sealong.endpoints there to ${url}/v1`);
      return;
    }
  }
  const merged = {
    'sealong.endpoint': 'embedded',
    ...settings,
    'sealong.endpoints': { ...settings['sealong.endpoints'], embedded: { base_url: `${url}/v1` } },
    'sealong.embedded.folder': folder,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(merged, null, 2)}\n`);
}
