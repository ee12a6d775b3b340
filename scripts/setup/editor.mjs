import { copyFileSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { hashOfFiles, once, root } from './cache.mjs';
import { installKept, installLocked } from './npm.mjs';

const inputs = [
  'scripts/setup/editor/package.json',
  'scripts/setup/editor/package-lock.json',
  'scripts/setup/editor/vscode/package-lock.json',
  'scripts/setup/editor/spdlog.cjs',
];

/** The entry script of code-server, to be run by `ensureNode()`'s Node. */
export async function ensureEditor(log) {
  const platform = `${process.platform}-${process.arch}`;
  const folder = await once('editor', [platform, hashOfFiles(inputs)], async (building) => {
    log('Installing code-server, a VS Code served to the browser (about a minute)');
    await installKept('editor', building);
    await installNested(join(building, 'node_modules/code-server/lib/vscode'));
  });
  return join(folder, 'node_modules/code-server/out/node/entry.js');
}

// Does what code-server's own install script does, without its compiler.
async function installNested(vscode) {
  // The shrinkwrap in the package lacks tslib: npm would look it up and take the newest.
  rmSync(join(vscode, 'npm-shrinkwrap.json'));
  copyFileSync(
    join(root, 'scripts/setup/editor/vscode/package-lock.json'),
    join(vscode, 'package-lock.json'),
  );
  await installLocked(vscode, ['--omit=dev']);
  await installLocked(join(vscode, 'extensions'), ['--omit=dev']);
  copyFileSync(
    join(root, 'scripts/setup/editor/spdlog.cjs'),
    join(vscode, 'node_modules/@vscode/spdlog/index.js'),
  );
  const os = process.platform === 'darwin' ? 'darwin' : 'linux';
  link(join(vscode, 'bin/remote-cli'), `code-${os}.sh`, 'code-server');
  link(join(vscode, 'bin/helpers'), `browser-${os}.sh`, 'browser.sh');
}

function link(folder, target, name) {
  if (existsSync(join(folder, target)) && !existsSync(join(folder, name))) {
    symlinkSync(target, join(folder, name));
  }
}
