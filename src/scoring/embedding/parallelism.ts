/** A session holds its weights and as much again while it starts and works on long texts. */
const MEMORY_PER_WEIGHT = 2;

/**
 * How many workers to start: one a core, less one for the rest of the machine, and no more than fit into memory.
 * Each worker runs one thread on one text: on CPUs that gives more texts a second than threads or batches.
 */
export function defaultWorkers(cores: number, freeBytes: number, modelBytes: number): number {
  const fitting = Math.floor(freeBytes / (MEMORY_PER_WEIGHT * Math.max(1, modelBytes)));
  return Math.max(1, Math.min(cores - 1, fitting));
}
