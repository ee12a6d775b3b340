import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDoor, type Door } from './door.ts';
import type { Lab } from './lab.ts';
import { setPassword } from './passwordHost.ts';

const run = promisify(execFile);

/** `lab-guarded`: by a key with a passphrase, and then a second factor, which PAM asks for. */
export async function guardedHost(
  lab: Lab,
  { passphrase, factor }: { passphrase: string; factor: string },
): Promise<Door> {
  await setPassword(lab, factor);
  const key = join(lab.folder, 'keys/id_guarded');
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'guarded', '-f', key]);
  await appendFile(join(lab.home(), '.ssh/authorized_keys'), await readFile(`${key}.pub`, 'utf8'));
  return openDoor(
    lab,
    'guarded',
    (sshd) =>
      sshd
        .replace('UsePAM no', 'UsePAM yes')
        .replace(
          'KbdInteractiveAuthentication no',
          'KbdInteractiveAuthentication yes\nAuthenticationMethods publickey,keyboard-interactive',
        ),
    [
      `IdentityFile ${key}`,
      'IdentitiesOnly yes',
      `HostKeyAlias [127.0.0.1]:${lab.ports['P_LOGIN']}`,
      `UserKnownHostsFile ${join(lab.folder, 'etc/known_hosts')}`,
    ],
  );
}

/** An ssh_config in which known_hosts holds another key of the login host than it shows: it was set up anew, or is another. */
export async function changedHost(lab: Lab): Promise<{ config: string; knownHosts: string }> {
  const [type, other] = (await readFile(join(lab.folder, 'keys/id_ed25519.pub'), 'utf8')).split(
    ' ',
  );
  const knownHosts = join(lab.folder, 'etc/known_hosts_changed');
  await writeFile(knownHosts, `[127.0.0.1]:${lab.ports['P_LOGIN']} ${type} ${other}\n`);
  const lines = ['Host lab-login', `  UserKnownHostsFile ${knownHosts}`];
  return { config: await lab.configWith('ssh_config_changed', lines), knownHosts };
}
