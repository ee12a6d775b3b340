import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notAnswered, refusalOf } from '../../../../src/cluster/ssh/refusal.ts';
import { sshFailure } from '../../../../src/cluster/ssh/sshFailure.ts';
import type { SshQuestion } from '../../../../src/cluster/ssh/sshQuestion.ts';

const passphrase: SshQuestion = {
  type: 'secret',
  host: 'h100',
  what: "Enter passphrase for key '/home/ada/.ssh/id':",
};
const denied = sshFailure('ada@10.0.0.1: Permission denied (publickey).\n', { host: 'h100' });

test('a wrong passphrase is told as that, not as a key that the host does not know', () => {
  const error = refusalOf(denied, 'h100', [passphrase]);
  assert.match(
    String(error),
    /h100 does not let you in: what was typed for "Enter passphrase for key '\/home\/ada\/\.ssh\/id'" was not taken.*ssh-add/,
  );
});

test('other failures, and refusals without a question, are told as they are', () => {
  assert.equal(refusalOf(denied, 'h100', []), denied);
  const cut = sshFailure('Connection reset by 10.0.0.1\n', { host: 'h100' });
  assert.equal(refusalOf(cut, 'h100', [passphrase]), cut);
});

test('a question without an answer says what became of the connection, and what to do', () => {
  assert.match(
    notAnswered(passphrase).message,
    /^h100 was not connected to, and nothing was sent: "Enter passphrase .*id'" was not answered\. Do the same again/,
  );
  const { message } = notAnswered({
    type: 'hostKey',
    host: 'h100',
    address: '[10.0.0.1]:22',
    keyType: 'ED25519',
    fingerprint: 'SHA256:abc',
  });
  assert.match(message, /host key of h100 was not accepted.*Compare ED25519 SHA256:abc with/);
});
