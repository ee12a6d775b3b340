import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOfFiles, root } from './cache.mjs';
import { installLocked } from './npm.mjs';

/** Brings node_modules of the checkout in line with package-lock.json. */
export async function ensureDependencies(log) {
  const marker = join(root, 'node_modules/.sealong-lock-hash');
  const wanted = hashOfFiles(['package-lock.json']);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) {
    return;
  }
  log('Installing the packages of package-lock.json');
  await installLocked(root);
  writeFileSync(marker, wanted);
}
