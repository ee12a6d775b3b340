import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from '../setup/cache.mjs';

/**
 * Copies the demo studies to ~/sealong-demo, where the user works on them, and returns that
 * folder. A study that is there already is left as the user has it.
 */
export function copyDemo(log) {
  const source = join(root, 'demo/studies');
  const target = join(homedir(), 'sealong-demo');
  mkdirSync(target, { recursive: true });
  for (const name of existsSync(source) ? readdirSync(source) : []) {
    const copied = join(target, name);
    if (!existsSync(copied)) {
      log(`Copying the demo study ${name} to ${copied}`);
      const copying = join(target, `.copying-${process.pid}`);
      rmSync(copying, { recursive: true, force: true });
      cpSync(join(source, name), copying, { recursive: true });
      renameSync(copying, copied);
    }
  }
  return target;
}
