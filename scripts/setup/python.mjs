import { join } from 'node:path';
import { canInstallPackages, installPackages } from './apt.mjs';
import { execute, findCommand, hashOfFiles, once } from './cache.mjs';

const usable =
  'import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print(sys.version)';
const wanted = 'Python 3.10 or newer with its venv module is missing';

/** A Python in the cache that has the packages of scripts/setup/onnx.txt, and pip. */
export async function ensurePython(log) {
  const version = await usablePython(log);
  const lock = hashOfFiles(['scripts/setup/onnx.txt']);
  const folder = await once('python', [version, lock], async (building) => {
    log('Installing onnx, safetensors and numpy into a Python environment of their own');
    await execute('python3', ['-m', 'venv', building]);
    const options = ['--disable-pip-version-check', '--quiet', '--require-hashes'];
    await execute(join(building, 'bin/python'), [
      ...['-m', 'pip', 'install', ...options, '--only-binary', ':all:'],
      ...['-r', 'scripts/setup/onnx.txt'],
    ]);
  });
  // Only `python -m` works here: the scripts beside it hold the path before the rename.
  return join(folder, 'bin/python');
}

/** The version of a Python that can make environments, installed where it is missing and may be. */
export async function usablePython(log) {
  const ask = () => execute('python3', ['-c', usable]).catch(() => undefined);
  const found = await ask();
  if (found !== undefined) {
    return found;
  }
  if (!canInstallPackages()) {
    const why =
      findCommand('python3') === undefined ? '' : ' (python3 is there but too old or without venv)';
    throw new Error(`${wanted}${why}. Install it with: sudo apt-get install python3 python3-venv`);
  }
  await installPackages(['python3', 'python3-venv'], log);
  const installed = await ask();
  if (installed === undefined) {
    throw new Error(`${wanted}, also after apt-get install python3 python3-venv.`);
  }
  return installed;
}
