import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, hashOfFiles, once } from './cache.mjs';
import { usablePython } from './python.mjs';

const list = 'scripts/setup/torch.txt';
const install = [
  ...['-m', 'pip', 'install', '--disable-pip-version-check', '--quiet'],
  ...['--require-hashes', '--no-deps'],
];

/**
 * A Python in the cache that has PyTorch, of which all such environments share one copy (it is 5 GB), and the packages of
 * `requirements`: files with hashes, relative to the checkout, installed one after another; only the first is binary
 * packages alone.
 */
export async function ensureTorchPython(name, requirements, log) {
  const version = await usablePython(log);
  const shared = await ensureTorch(version, log);
  const inputs = [shared, version, hashOfFiles(requirements)];
  const folder = await once(name, inputs, async (building) => {
    log(`Installing the packages of ${requirements.join(', ')} into a Python environment`);
    await execute('python3', ['-m', 'venv', building]);
    // Read after the environment's own packages, which take precedence.
    writeFileSync(join(sitePackages(building), 'shared-torch.pth'), `${sitePackages(shared)}\n`);
    const python = join(building, 'bin/python');
    for (const [at, file] of requirements.entries()) {
      const how = at === 0 ? ['--only-binary', ':all:'] : ['--no-build-isolation'];
      await execute(python, [...install, ...how, '-r', file]);
    }
  });
  // Only `python -m` works here: the scripts beside it hold the path before the rename.
  return join(folder, 'bin/python');
}

function ensureTorch(version, log) {
  return once('torch', [version, hashOfFiles([list])], async (building) => {
    log('Installing PyTorch into a Python environment of its own (5 GB; some minutes)');
    await execute('python3', ['-m', 'venv', building]);
    const how = ['--only-binary', ':all:', '--no-compile'];
    await execute(join(building, 'bin/python'), [...install, ...how, '-r', list]);
  });
}

function sitePackages(environment) {
  const [python] = readdirSync(join(environment, 'lib'));
  return join(environment, 'lib', python, 'site-packages');
}
