/**
 * The program that ssh starts to ask the user (SSH_ASKPASS): it passes the question on to the editor by a socket and writes
 * the answer on its standard output, where ssh alone reads it. Ends with 1 where the user gave none.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const answerSchema = z.object({ answer: z.string().nullable() });

const {
  SEALONG_ASKPASS_SOCKET: path = '',
  SEALONG_ASKPASS_TOKEN: token = '',
  SEALONG_ASKPASS_HOST: host = '',
  SSH_ASKPASS_PROMPT: hint,
} = process.env;

const socket = connect(path);
process.exitCode = 1;
socket.on('error', (error) => {
  process.stderr.write(`The editor cannot be asked: ${error.message}\n`);
});
// The ssh that asks: what it asks a second time, it did not take.
const asker = process.ppid;
socket.write(`${JSON.stringify({ token, host, asker, prompt: process.argv[2] ?? '', hint })}\n`);
createInterface(socket).once('line', (line) => {
  const { answer } = answerSchema.parse(JSON.parse(line));
  socket.end();
  if (answer === null) return;
  process.exitCode = 0;
  process.stdout.write(`${answer}\n`);
});
