import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, hostTarget } from './build.mjs';
import { filesUnder } from './build/entryPoints.mjs';
import { execute, hashOf, hashOfFiles, root, toStderr } from './setup/cache.mjs';
import { isMain, runMain } from './setup/main.mjs';
import { zipEntries } from './build/zipEntries.mjs';

const maxBytes = 60e6;

/** Makes dist/sealong-<target>.vsix, unless its contents are unchanged; returns its path. */
export async function packageExtension({ log = toStderr, target = hostTarget } = {}) {
  const made = await build({ log, target });
  const file = join(root, `dist/sealong-${target}.vsix`);
  const stamp = join(root, `dist/.packaged-${target}`);
  const hash = hashOf(
    made,
    hashOfFiles([...packagedFiles(), '.vscodeignore', 'scripts/package.mjs']),
  );
  if (existsSync(file) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) {
    return file;
  }
  log(`Packaging dist/sealong-${target}.vsix`);
  rmSync(stamp, { force: true });
  const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
  const options = [
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
  ];
  await execute(process.execPath, [vsce, 'package', '--target', target, '--out', file, ...options]);
  const problems = packageProblems(file, target);
  if (problems.length > 0) {
    rmSync(file);
    throw new Error(`${file} must not be shipped:\n  ${problems.join('\n  ')}`);
  }
  writeFileSync(stamp, hash);
  return file;
}

/** What is wrong with a VSIX made for `target`, one line each; empty when it can be shipped. */
export function packageProblems(file, target) {
  const names = zipEntries(file).map((entry) => entry.name);
  const [platform, arch] = target.split('-');
  const unwanted = [
    ['a source map', (name) => name.endsWith('.map')],
    ['a test', (name) => /(^|\/)tests?\/|\.test\.[cm]?[jt]s$/.test(name)],
    ['source', (name) => /^extension\/(src|webview|scripts)\//.test(name) || /\.ts$/.test(name)],
    ['a model', (name) => /\.(gguf|onnx|safetensors)$/.test(name)],
    [
      "another platform's binary",
      (name) =>
        /\.(node|dll|dylib|exe)$|\.so(\.\d+)*$/.test(name) &&
        !name.includes(`/${platform}/${arch}/`),
    ],
  ];
  const problems = unwanted.flatMap(([what, isUnwanted]) =>
    names.filter(isUnwanted).map((name) => `holds ${what}: ${name}`),
  );
  const needed = ['package.json', 'dist/extension.cjs', 'dist/sealong.js', 'dist/NOTICES.txt'];
  for (const name of needed.filter((name) => !names.includes(`extension/${name}`))) {
    problems.push(`lacks ${name}`);
  }
  const bytes = statSync(file).size;
  if (bytes >= maxBytes) {
    problems.push(`has ${(bytes / 1e6).toFixed(1)} MB, where ${maxBytes / 1e6} MB is the limit`);
  }
  return problems;
}

// Besides dist, which the hash of the build stands for.
function packagedFiles() {
  return readFileSync(join(root, '.vscodeignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!') && !line.startsWith('!dist/'))
    .flatMap((line) => {
      const path = line.slice(1).replace('/**', '');
      const isFolder = path !== line.slice(1);
      const kind = /^(.*)\/\*(\.\w+)$/.exec(path);
      if (kind) {
        return filesUnder(kind[1]).filter((file) => file.endsWith(kind[2]));
      }
      return isFolder ? filesUnder(path) : [path].filter((file) => existsSync(join(root, file)));
    });
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    const at = process.argv.indexOf('--target');
    const { ensureDependencies } = await import('./setup/dependencies.mjs');
    await ensureDependencies(toStderr);
    const file = await packageExtension({ target: at < 0 ? hostTarget : process.argv[at + 1] });
    process.stdout.write(`${file} ${(statSync(file).size / 1e6).toFixed(1)} MB\n`);
  });
}
