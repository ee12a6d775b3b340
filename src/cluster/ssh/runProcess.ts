import { spawn } from 'node:child_process';
import { SealongError, systemCodeOf } from '../../errors.ts';

export interface ProcessOutcome {
  /** Exit status; null where a signal ended it. */
  status: number | null;
  stdout: Buffer;
  stderr: string;
}

export interface ProcessOptions {
  input?: string;
  env?: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** More than this of stdout ends the process. */
  maxBytes?: number;
}

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Runs a program of this machine to its end, without a shell.
 *
 * @throws SealongError `program_missing`, `answer_too_long`; the signal's reason where it was aborted.
 */
export function runProcess(
  program: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessOutcome> {
  const { input = '', signal, maxBytes = MAX_BYTES } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.env ? { env: options.env } : {}),
      signal,
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        child.kill();
        reject(
          new SealongError(
            'answer_too_long',
            `${program} sent more than ${Math.round(maxBytes / 1024 / 1024)} MB and was stopped.`,
          ),
        );
        return;
      }
      chunks.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // The last of it says why it failed.
      stderr = (stderr + text).slice(-64 * 1024);
    });
    child.on('error', (error) => {
      if (signal.aborted) reject(abortReason(signal));
      else if (systemCodeOf(error) === 'ENOENT')
        reject(
          new SealongError(
            'program_missing',
            `${program} is not installed here. Install it first.`,
          ),
        );
      else reject(error);
    });
    child.on('close', (status) => {
      if (signal.aborted) reject(abortReason(signal));
      else resolve({ status, stdout: Buffer.concat(chunks), stderr });
    });
    // A program that ends without reading its input is judged by its status.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('Stopped.');
}
