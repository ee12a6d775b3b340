import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { SealongError, systemCodeOf } from '../errors.ts';
import { trainerFiles } from './trainerFiles.ts';

/** How to start the trainer on this machine. */
export interface TrainerProgram {
  /** The Python that has what `trainer/requirements.txt` names. */
  python: string;
  /** The folder that holds the package `sealong_trainer`. */
  folder: string;
}

export interface RunningTrainer {
  pid: number;
  /** Exit status; 128 + number for one that a signal ended. */
  ended: Promise<number>;
  /** Asks it to save a checkpoint and end. */
  stop: () => void;
}

/**
 * Starts the trainer in the folder of its recipe; what it says is added to `log.txt` there.
 *
 * @throws SealongError `no_trainer` where the Python cannot be started.
 */
export async function startTrainer(
  { python, folder }: TrainerProgram,
  jobFolder: string,
): Promise<RunningTrainer> {
  const log = await open(trainerFiles(jobFolder).log, 'a');
  try {
    const child = spawn(python, ['-m', 'sealong_trainer', 'recipe.json'], {
      cwd: jobFolder,
      env: {
        ...process.env,
        PYTHONPATH: [folder, process.env['PYTHONPATH']].filter(Boolean).join(delimiter),
        PYTHONUNBUFFERED: '1',
        // Many small operations: more threads than this only wait for one another on a busy machine.
        OMP_NUM_THREADS: process.env['OMP_NUM_THREADS'] ?? '2',
      },
      stdio: ['ignore', log.fd, log.fd],
      // A Ctrl-C in the terminal reaches us, and from us the trainer, as a request to stop.
      detached: true,
    });
    const ended = new Promise<number>((resolve, reject) => {
      child.on('error', (error) => {
        reject(cannotStart(python, error));
      });
      child.on('exit', (status, signal) => {
        resolve(status ?? 128 + (signal === 'SIGKILL' ? 9 : 15));
      });
    });
    return {
      pid: child.pid ?? 0,
      ended,
      stop: () => {
        child.kill('SIGTERM');
      },
    };
  } finally {
    await log.close();
  }
}

function cannotStart(python: string, error: Error): Error {
  if (systemCodeOf(error) !== 'ENOENT' && systemCodeOf(error) !== 'EACCES') return error;
  return new SealongError(
    'no_trainer',
    `${python} cannot be run as the trainer's Python. Make its environment with trainer/setup.sh, or name another with --python.`,
    { cause: error },
  );
}
