import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../setup/cache.mjs';

/**
 * Puts what `require('onnxruntime-node')` loads on one platform (`linux-x64`, say) under
 * `folder`/node_modules: 46 MB of the 290 MB that the package holds for all of them. Returns the
 * names of the packages that these files are of.
 */
export function copyOnnxRuntime(folder, target) {
  const binaries = join('bin/napi-v6', ...target.split('-'));
  copyPackage('onnxruntime-node', folder, { dist: isScript, [binaries]: () => true });
  copyPackage('onnxruntime-common', folder, { 'dist/cjs': isScript });
  return ['onnxruntime-node', 'onnxruntime-common'];
}

function isScript(file) {
  return file.endsWith('.js') || file === 'package.json';
}

function copyPackage(name, folder, wanted) {
  const from = join(root, 'node_modules', name);
  const to = join(folder, 'node_modules', name);
  for (const [part, isWanted] of Object.entries(wanted)) {
    for (const file of list(from, part).filter(isWanted)) {
      mkdirSync(dirname(join(to, part, file)), { recursive: true });
      linkOrCopy(join(from, part, file), join(to, part, file));
    }
  }
  // The original names dependencies and entry points that are left out here.
  const { version, license, main } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  writeFileSync(join(to, 'package.json'), `${JSON.stringify({ name, version, license, main })}\n`);
}

function list(from, part) {
  try {
    return readdirSync(join(from, part));
  } catch {
    throw new Error(`${join(from, part)} is missing: there is no such platform, or no npm ci yet.`);
  }
}

function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
