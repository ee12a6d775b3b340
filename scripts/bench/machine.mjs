import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { execute } from '../setup/cache.mjs';

/** What the figures were measured on; `node` is the one that measures. */
export async function describeMachine(node) {
  const version = (await execute(node, ['--version'])).trim();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_gb: Number((totalmem() / 2 ** 30).toFixed(1)),
    system: `${type()} ${release()}`,
    node: version,
    // Above the number of cores, others use the machine, and the figures say as much of them.
    load_at_start: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}
