import { Agent, request } from 'node:http';

/** The least that asks a server so many times: no study, no records, no parsing of answers. */
const [, , url = '', samples = '0', inFlight = '1', characters = '0'] = process.argv;
const agent = new Agent({ keepAlive: true });
const body = JSON.stringify({
  model: 'scripted',
  messages: [{ role: 'user', content: 'word '.repeat(Number(characters) / 5) }],
  max_tokens: 64,
  n: 1,
});
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

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

let left = Number(samples);
await Promise.all(
  Array.from({ length: Number(inFlight) }, async () => {
    while (left-- > 0) await ask();
  }),
);
agent.destroy();
