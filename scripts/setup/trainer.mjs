import { execute } from './cache.mjs';
import { ensureTorchPython } from './torch.mjs';

const locks = ['trainer/requirements-test.txt', 'trainer/requirements-deepspeed.txt'];

/**
 * A Python in the cache that has what the trainer and its tests need, or why there cannot be one: torch asks for
 * Python 3.11, the rest of the project for 3.10.
 */
export async function ensureTrainer(log) {
  const version = await execute('python3', ['-c', 'import sys; print(*sys.version_info[:2])']);
  const [major, minor] = version.split(' ').map(Number);
  if (major === 3 && minor < 11) {
    return { missing: `The trainer needs Python 3.11 or newer; python3 is ${major}.${minor}.` };
  }
  if (process.platform !== 'linux') {
    return { missing: 'The trainer runs on Linux: DeepSpeed and bitsandbytes are tested there.' };
  }
  return { python: await ensureTorchPython('trainer', locks, log) };
}
