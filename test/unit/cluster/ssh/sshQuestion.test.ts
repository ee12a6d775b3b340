import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sshQuestion } from '../../../../src/cluster/ssh/sshQuestion.ts';

/** As OpenSSH 9.2 words it. */
const HOST_KEY = `The authenticity of host '[127.0.0.1]:2222 ([127.0.0.1]:2222)' can't be established.
ED25519 key fingerprint is SHA256:Vt0iPq1yvjFfYbCk9oPZ9Gyz+QOKLYM2Vqc0RzdaPLk.
This key is not known by any other names.
Are you sure you want to continue connecting (yes/no/[fingerprint])? `;

test('the key of a host that is met for the first time comes with address, type and fingerprint', () => {
  assert.deepEqual(sshQuestion('login', HOST_KEY, undefined), {
    type: 'hostKey',
    host: 'login',
    address: '[127.0.0.1]:2222 ([127.0.0.1]:2222)',
    keyType: 'ED25519',
    fingerprint: 'SHA256:Vt0iPq1yvjFfYbCk9oPZ9Gyz+QOKLYM2Vqc0RzdaPLk',
  });
});

test('a passphrase, a password, a PIN and a second factor are secrets, in the words of ssh', () => {
  for (const what of [
    "Enter passphrase for key '/home/me/.ssh/id_ed25519': ",
    "me@login's password: ",
    '(me@login) Verification code: ',
    'Enter PIN for ED25519-SK key /home/me/.ssh/id_ed25519_sk: ',
  ])
    assert.deepEqual(sshQuestion('login', what, undefined), {
      type: 'secret',
      host: 'login',
      what: what.trim(),
    });
});

test('a hardware key that waits to be touched asks nothing, and other questions are answered by yes or no', () => {
  assert.equal(sshQuestion('login', 'Confirm user presence for key', 'none').type, 'notice');
  assert.equal(sshQuestion('login', 'Allow use of key?', 'confirm').type, 'confirm');
  assert.equal(
    sshQuestion('login', "Please type 'yes', 'no' or the fingerprint: ", undefined).type,
    'confirm',
  );
});
