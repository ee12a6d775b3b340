import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDoor, type Door } from './door.ts';
import type { Lab } from './lab.ts';

const run = promisify(execFile);

/** `lab-password`: by password alone, with a host key that no known_hosts has yet. `more` are lines of sshd_config. */
export async function passwordHost(
  lab: Lab,
  password: string,
  more: readonly string[] = [],
): Promise<Door & { knownHosts: string; fingerprint: string }> {
  await setPassword(lab, password);
  const knownHosts = join(lab.folder, 'etc/known_hosts_password');
  const door = await openDoor(
    lab,
    'password',
    (sshd) =>
      sshd.replace(
        'PasswordAuthentication no',
        ['PasswordAuthentication yes', 'AuthenticationMethods password', ...more].join('\n'),
      ),
    ['PubkeyAuthentication no', `UserKnownHostsFile ${knownHosts}`],
  );
  return { ...door, knownHosts, fingerprint: await fingerprintOf(lab) };
}

/** Of the key that the lab's hosts show. */
export async function fingerprintOf(lab: Lab): Promise<string> {
  const key = join(lab.folder, 'keys/host_ed25519.pub');
  const { stdout } = await run('ssh-keygen', ['-l', '-f', key]);
  return /SHA256:\S+/.exec(stdout)?.[0] ?? '';
}

/** Of the lab's user, for those of its doors that ask for one. */
export async function setPassword(lab: Lab, password: string): Promise<void> {
  const { stdout: hash } = await run('openssl', ['passwd', '-6', password]);
  await run('usermod', ['-p', hash.trim(), lab.user]);
}
