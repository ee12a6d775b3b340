import { execute } from './cache.mjs';
import { ensureTorchPython } from './torch.mjs';

/**
 * A Python in the cache with the libraries that exports are checked with (datasets, trl), or why there cannot be one: the
 * torch that they share asks for Python 3.11, the rest of the project for 3.10.
 */
export async function ensureExportsPython(log) {
  const version = await execute('python3', ['-c', 'import sys; print(*sys.version_info[:2])']);
  const [major, minor] = version.split(' ').map(Number);
  if (major === 3 && minor < 11) {
    return { missing: `Loading exports needs Python 3.11 or newer; python3 is ${version.trim()}.` };
  }
  return { python: await ensureTorchPython('exports', ['scripts/setup/exports.txt'], log) };
}
