import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Lab } from './lab.ts';

const run = promisify(execFile);

/**
 * Another way into the lab's login host, by password alone, whose host key no known_hosts has yet: `lab-password` in the
 * ssh_config that is returned.
 */
export async function passwordHost(
  lab: Lab,
  port: number,
  password: string,
  more: readonly string[] = [],
): Promise<{ config: string; knownHosts: string; fingerprint: string; stop: () => void }> {
  const etc = join(lab.folder, 'etc');
  const { stdout: hash } = await run('openssl', ['passwd', '-6', password]);
  await run('usermod', ['-p', hash.trim(), lab.user]);
  const sshd = (await readFile(join(etc, 'sshd_login.conf'), 'utf8'))
    .replace(/^ListenAddress .*$/m, `ListenAddress 127.0.0.1:${port}`)
    .replace(
      'PasswordAuthentication no',
      ['PasswordAuthentication yes', 'AuthenticationMethods password', ...more].join('\n'),
    );
  const file = join(etc, 'sshd_password.conf');
  await writeFile(file, sshd);
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', file], { stdio: 'ignore' });
  for (let tries = 0; !(await listens(port)); tries++) {
    if (tries > 200) throw new Error('The sshd with passwords did not start.');
    await delay(50);
  }
  const knownHosts = join(etc, 'known_hosts_password');
  const config = await lab.configWith('ssh_config_password', [
    'Host lab-password',
    `  HostName 127.0.0.1`,
    `  Port ${port}`,
    `  User ${lab.user}`,
    '  PubkeyAuthentication no',
    `  UserKnownHostsFile ${knownHosts}`,
  ]);
  const { stdout } = await run('ssh-keygen', [
    '-l',
    '-f',
    join(lab.folder, 'keys/host_ed25519.pub'),
  ]);
  return {
    config,
    knownHosts,
    fingerprint: /SHA256:\S+/.exec(stdout)?.[0] ?? '',
    stop: () => {
      child.kill();
    },
  };
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
