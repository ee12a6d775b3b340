import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';

export interface Request {
  url: string;
  body: string;
  authorization: string | undefined;
}

/** Runs with an HTTP server on loopback, whose answers are `answer`'s; gives back the requests it got. */
export async function withServer(
  answer: (request: Request, response: ServerResponse) => void,
  use: (base: string, requests: Request[]) => Promise<void>,
): Promise<void> {
  const requests: Request[] = [];
  const server = createServer((message, response) => {
    void bodyOf(message).then((body) => {
      const { authorization } = message.headers;
      const request = { url: message.url ?? '', body, authorization };
      requests.push(request);
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  try {
    await use(`http://127.0.0.1:${String(address.port)}`, requests);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  let body = '';
  message.setEncoding('utf8');
  for await (const part of message) body += String(part);
  return body;
}
