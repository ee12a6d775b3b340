import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const bodySchema = z.object({
  seed: z.number(),
  n: z.number(),
  stream: z.boolean(),
  messages: z.array(z.object({ content: z.string() })).min(1),
});
export type FaultyBody = z.infer<typeof bodySchema>;

/** Answers one request for completions, rightly or wrongly. */
export type Fault = (response: ServerResponse, body: FaultyBody, request: IncomingMessage) => void;

export function sendText(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
) {
  response.writeHead(status, { 'content-type': type }).end(body);
}

/** All choices that were asked for, in one piece. */
export function goodBody({ n, seed }: FaultyBody): object {
  return {
    choices: Array.from({ length: n }, (_, index) => ({
      index,
      message: { content: `answer ${seed} ${index}` },
      finish_reason: 'stop',
    })),
    usage: { prompt_tokens: 20, completion_tokens: 5 * n },
  };
}

export const good: Fault = (response, body) => {
  sendText(response, 200, 'application/json', JSON.stringify(goodBody(body)));
};

/** A server that does what the test says with each request for completions, in their order. */
export async function startFaultyServer(
  faultOf: (request: number) => Fault,
  options: { tls?: { key: string; cert: string }; onModels?: () => void } = {},
): Promise<{ url: string; readonly requests: number; close: () => Promise<void> }> {
  let requests = 0;
  const listener: RequestListener = (request, response) => {
    if (request.url === '/v1/models') {
      options.onModels?.();
      sendText(response, 200, 'application/json', JSON.stringify({ data: [{ id: 'scripted' }] }));
      return;
    }
    void text(request).then((raw) => {
      requests += 1;
      faultOf(requests)(response, bodySchema.parse(JSON.parse(raw)), request);
    });
  };
  const server = options.tls ? createSecureServer(options.tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/v1`,
    get requests() {
      return requests;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
