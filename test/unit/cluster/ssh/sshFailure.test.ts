import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPassing, sshFailure } from '../../../../src/cluster/ssh/sshFailure.ts';

const target = { host: 'h100' };

/** What OpenSSH 9.2 prints in each case, the code that it is told by, and the remedy that is named. */
const CASES: readonly [string, string, string, RegExp][] = [
  [
    'an unknown key where strict checking is on',
    'No ED25519 host key is known for [10.0.0.1]:2222 and you have requested strict checking.\nHost key verification failed.\n',
    'host_key_unknown',
    /Connect once from a terminal.*fingerprint/,
  ],
  [
    'an unknown key that nobody was there to accept',
    'Host key verification failed.\n',
    'host_key_unknown',
    /accept it/,
  ],
  [
    'a changed key',
    '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key for [10.0.0.1]:2222 has changed and you have requested strict checking.\nHost key verification failed.\n',
    'host_key_changed',
    /administrators.*ssh-keygen -R/,
  ],
  [
    'a key that is not taken, or is encrypted',
    'ada@10.0.0.1: Permission denied (publickey).\n',
    'ssh_denied',
    /IdentityFile.*ssh-add -l/,
  ],
  [
    'a second factor that is outstanding',
    'ada@10.0.0.1: Permission denied (keyboard-interactive).\n',
    'ssh_denied',
    /second factor.*answer its question/,
  ],
  [
    'a refused connection',
    'ssh: connect to host 10.0.0.1 port 2222: Connection refused\n',
    'ssh_refused',
    /port 2222.*sshd runs there/,
  ],
  [
    'a host that is silent',
    'Connection timed out during banner exchange\nConnection to 10.0.0.1 port 22 timed out\n',
    'ssh_timeout',
    /network or VPN/,
  ],
  [
    'a host without a way to it',
    'ssh: connect to host 10.0.0.1 port 22: No route to host\n',
    'ssh_unreachable',
    /no way to h100.*VPN/,
  ],
  [
    'a name that is not known',
    'ssh: Could not resolve hostname login.example: Name or service not known\n',
    'ssh_dns',
    /login\.example.*ssh_config/,
  ],
  [
    'a jump host that is down',
    'ssh: connect to host 10.0.0.1 port 22: Connection refused\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535\n',
    'ssh_jump_down',
    /ProxyJump/,
  ],
  [
    'a target that is down behind its jump host',
    'channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535\n',
    'ssh_target_down',
    /jump host answers, but h100 behind it does not \(Connection refused\)/,
  ],
  [
    'a connection that was dropped',
    'Connection to 10.0.0.1 closed by remote host.\n',
    'ssh_dropped',
    /What was done there is kept/,
  ],
];

test('a changed key is told with the line that holds the old one, the new one, and how to remove it', () => {
  const stderr = [
    '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
    'The fingerprint for the ED25519 key sent by the remote host is',
    'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8.',
    'Please contact your system administrator.',
    'Add correct host key in /home/ada/.ssh/known_hosts to get rid of this message.',
    'Offending ECDSA key in /home/ada/.ssh/known_hosts:12',
    'Host key for [10.0.0.1]:2222 has changed and you have requested strict checking.',
    'Host key verification failed.',
    '',
  ].join('\r\n');
  const { message } = sshFailure(stderr, target);
  assert.match(
    message,
    /^The host key of h100 is not the one in \/home\/ada\/\.ssh\/known_hosts, line 12:/,
  );
  assert.match(
    message,
    /It now shows ED25519 SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8\. /,
  );
  assert.ok(
    message.includes('ssh-keygen -R "[10.0.0.1]:2222" -f "/home/ada/.ssh/known_hosts" and'),
    message,
  );
});

for (const [what, stderr, code, remedy] of CASES)
  test(`${what} is told by a code and a remedy of its own`, () => {
    const failure = sshFailure(stderr, target);
    assert.equal(failure.code, code, failure.message);
    assert.match(failure.message, /h100/);
    assert.match(failure.message, remedy);
  });

test('no two cases are told with the same words, but those of an unknown key', () => {
  const messages = new Set(CASES.map(([, stderr]) => sshFailure(stderr, target).message));
  assert.equal(messages.size, CASES.length - 1);
});

test('what only a person can mend is not tried again', () => {
  const tried = CASES.filter(([, stderr]) => isPassing(sshFailure(stderr, target)));
  assert.deepEqual(
    new Set(tried.map(([, , code]) => code)),
    new Set([
      'ssh_refused',
      'ssh_timeout',
      'ssh_unreachable',
      'ssh_dns',
      'ssh_jump_down',
      'ssh_target_down',
      'ssh_dropped',
    ]),
  );
});
