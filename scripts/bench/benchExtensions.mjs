import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execute, root } from '../setup/cache.mjs';

/** Packages the extensions in test/bench/extensions; returns the paths of the VSIX files by name. */
export async function packageBenchExtensions(names) {
  const output = join(root, 'test/output/bench');
  mkdirSync(output, { recursive: true });
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
  const options = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
  const packaged = {};
  for (const name of names) {
    packaged[name] = join(output, `${name}.vsix`);
    await execute(process.execPath, [vsce, 'package', ...options, '--out', packaged[name]], {
      cwd: join(root, 'test/bench/extensions', name),
    });
  }
  return packaged;
}
