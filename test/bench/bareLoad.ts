import { Agent, request } from 'node:http';

/**
 * The least that asks a server so many times: no study, no records, and what comes back is not looked at. Its requests
 * are those of `sealong sample`: several choices are read along.
 */
const [, , url = '', requests = '0', inFlight = '1', choices = '1', characters = '0'] =
  process.argv;
const agent = new Agent({ keepAlive: true });
const n = Number(choices);
const body = Buffer.from(
  JSON.stringify({
    model: 'scripted',
    messages: [{ role: 'user', content: 'word '.repeat(Number(characters) / 5) }],
    max_tokens: 64,
    n,
    ...(n > 1
      ? {
          stream: true,
          stream_options: { include_usage: true, continuous_usage_stats: true },
        }
      : {}),
  }),
);
const headers = { 'content-type': 'application/json', 'content-length': body.length };

function ask(): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `${url}/chat/completions`,
      { agent, method: 'POST', headers },
      (answer) => {
        answer.resume().on('end', resolve).on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

let left = Number(requests);
await Promise.all(
  Array.from({ length: Number(inFlight) }, async () => {
    while (left-- > 0) await ask();
  }),
);
agent.destroy();
