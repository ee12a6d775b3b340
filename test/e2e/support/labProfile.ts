import { keyedServer } from '../../cluster/support/keyedServer.ts';
import type { Lab } from '../../cluster/support/lab.ts';

/** A cluster as a user's settings name it: the lab's GPUs by Slurm, with a stand-in for an inference server. */
export async function labProfile(lab: Lab, python: string) {
  return {
    host: 'lab-login',
    ssh_config: lab.sshConfig,
    partition: 'h100',
    gpus: 8,
    gpu_type: 'h100',
    time: '00:30:00',
    python,
    servers: {
      // The names of the lab's nodes are not known outside Slurm.
      stand_in: { lines: await keyedServer(lab.folder, 1), gpus: 1, host: '127.0.0.1' },
    },
  };
}
