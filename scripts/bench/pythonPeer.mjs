import { ensureTorchPython } from '../setup/torch.mjs';

/** A Python in the cache with what the bench measures beside; nothing else installs it. */
export function ensurePythonPeer(log) {
  return ensureTorchPython(
    'bench-python',
    ['scripts/bench/requirements.txt', 'scripts/bench/sources.txt'],
    log,
  );
}
