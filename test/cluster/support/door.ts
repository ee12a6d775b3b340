import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from './lab.ts';

/** Another way into the lab's login host, with its own rules: an entry of the ssh_config that it is returned with. */
export interface Door {
  config: string;
  port: number;
  stop: () => void;
}

/**
 * @param change of the text of sshd_config.
 * @param lines of ssh_config below the entry, besides address and user.
 */
export async function openDoor(
  lab: Lab,
  name: string,
  change: (sshd: string) => string,
  lines: readonly string[],
): Promise<Door> {
  const port = await freePort();
  const etc = join(lab.folder, 'etc');
  const sshd = (await readFile(join(etc, 'sshd_login.conf'), 'utf8')).replace(
    /^ListenAddress .*$/m,
    `ListenAddress 127.0.0.1:${port}`,
  );
  const file = join(etc, `sshd_${name}.conf`);
  await writeFile(file, change(sshd));
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file], { stdio: 'ignore' });
  for (let tries = 0; !(await listens(port)); tries++) {
    if (tries > 200) throw new Error(`The sshd "${name}" did not start.`);
    await delay(50);
  }
  const config = await lab.configWith(`ssh_config_${name}`, [
    `Host lab-${name}`,
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    `  User ${lab.user}`,
    ...lines.map((line) => `  ${line}`),
  ]);
  return { config, port, stop: () => void child.kill() };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
      });
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}
