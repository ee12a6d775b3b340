import { SealongError } from '../../errors.ts';

const DISK_FULL = /No space left on device|Disk quota exceeded/;

/** The error of what failed on a host since there is no room, where that is what it said. */
export function diskFull(what: string, host: string, said: string): SealongError | undefined {
  const full = DISK_FULL.exec(said);
  if (!full) return undefined;
  return new SealongError(
    'remote_disk_full',
    `${what} failed on ${host}: ${full[0] === 'Disk quota exceeded' ? 'your disk quota there is used up' : 'its disk is full'}. Free some space (SeaLong lists what it left there with "sealong clean STUDY JOB"), and run this again: what was sent is kept.`,
  );
}
