import { join } from 'node:path';
import { execute, hashOfFiles, once } from '../setup/cache.mjs';
import { ensurePython } from '../setup/python.mjs';

const list = 'scripts/bench/requirements.txt';

/** A Python in the cache with what the bench measures beside; nothing else installs it. */
export async function ensurePythonPeer(log) {
  const python = await ensurePython(log);
  const version = await execute(python, ['-c', 'import sys; print(sys.version)']);
  const folder = await once('bench-python', [version, hashOfFiles([list])], async (building) => {
    log('Installing onnxruntime and tokenizers into a Python environment of their own');
    await execute(python, ['-m', 'venv', building]);
    const options = ['--disable-pip-version-check', '--quiet', '--require-hashes', '--no-deps'];
    await execute(join(building, 'bin/python'), [
      ...['-m', 'pip', 'install', ...options, '--only-binary', ':all:', '-r', list],
    ]);
  });
  return join(folder, 'bin/python');
}
