import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from '../setup/cache.mjs';

/**
 * What is bundled, by the kind of program it becomes; `in` is relative to the checkout and `out`
 * to dist, without extension. An entry point that does not exist is named in `missing`.
 */
export function entryPoints() {
  const host = [{ in: 'src/activate.ts', out: 'extension' }];
  const node = [
    { in: 'src/cli/main.ts', out: 'sealong' },
    { in: 'src/cluster/ssh/askpass.ts', out: 'askpass' },
    ...filesUnder('src')
      .filter((file) => file.endsWith('Worker.ts'))
      .map((file) => ({ in: file, out: basename(file, '.ts') })),
  ];
  const webview = folders('webview')
    .map((folder) => ({ in: `webview/${folder}/main.ts`, out: `webview/${folder}` }))
    .filter(exists);
  rejectSameOutput([...host, ...node, ...webview]);
  return {
    host: host.filter(exists),
    node: node.filter(exists),
    webview,
    missing: [...host, ...node].filter((entry) => !exists(entry)).map((entry) => entry.in),
  };
}

/** Paths of all files under `folder`, relative to the checkout, sorted. */
export function filesUnder(folder) {
  if (!existsSync(join(root, folder))) {
    return [];
  }
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(folderOf(entry), entry.name).slice(root.length + 1))
    .sort();
}

/** Of an entry of readdir; Node before 20.12 has it under another name. */
export function folderOf(entry) {
  return entry.parentPath ?? entry.path;
}

function folders(folder) {
  return existsSync(join(root, folder)) ? readdirSync(join(root, folder)).sort() : [];
}

function exists(entry) {
  return existsSync(join(root, entry.in));
}

function rejectSameOutput(entries) {
  const seen = new Map();
  for (const entry of entries) {
    if (seen.has(entry.out)) {
      throw new Error(`${seen.get(entry.out)} and ${entry.in} would both become dist/${entry.out}`);
    }
    seen.set(entry.out, entry.in);
  }
}
