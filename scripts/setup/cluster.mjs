import { canInstallPackages, installPackages } from './apt.mjs';
import { findCommand } from './cache.mjs';

/** Programs of a cluster on loopback, by the Debian package that holds each. */
const programs = {
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  rsync: 'rsync',
  munged: 'munge',
  slurmctld: 'slurmctld',
  slurmd: 'slurmd',
  squeue: 'slurm-client',
  slurmdbd: 'slurmdbd',
  mariadbd: 'mariadb-server',
  fish: 'fish',
  tcsh: 'tcsh',
  ip: 'iproute2',
  faketime: 'faketime',
  'mkfs.btrfs': 'btrfs-progs',
};

/** `{}` where a cluster can be started on this machine, or `{missing}` with the reason. */
export async function ensureCluster(log) {
  if (process.getuid?.() !== 0) {
    return { missing: 'the test cluster needs root, for its users and daemons' };
  }
  if (missing().length > 0 && canInstallPackages()) {
    try {
      await installPackages(missing(), log);
    } catch (error) {
      return { missing: `the test cluster's packages could not be installed: ${error.message}` };
    }
  }
  const left = missing();
  return left.length === 0 ? {} : { missing: `install ${left.join(', ')} with apt-get` };
}

function missing() {
  const names = Object.keys(programs);
  return names.filter((name) => findCommand(name) === undefined).map((name) => programs[name]);
}
