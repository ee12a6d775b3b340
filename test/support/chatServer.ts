import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const bodySchema = z.object({
  model: z.string(),
  messages: z.array(z.object({ content: z.string() })),
  seed: z.number(),
});
export type ChatBody = z.infer<typeof bodySchema>;

/** Answers one request to /v1/chat/completions. */
export type Answer = (body: ChatBody, response: ServerResponse, request: IncomingMessage) => void;

/** A real HTTP server that answers as the test says. */
export interface ChatServer {
  url: string;
  /** Requests for completions so far. */
  requests: ChatBody[];
  close: () => Promise<void>;
}

export function sendJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}

/** A good answer whose text tells the seed, so that a test can see which sample it is. */
export const goodAnswer: Answer = (body, response) => {
  sendJson(response, 200, {
    model: body.model,
    choices: [{ message: { content: `answer ${body.seed}` }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 20, completion_tokens: 5 },
  });
};

export async function startChatServer(answer: Answer = goodAnswer): Promise<ChatServer> {
  const requests: ChatBody[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/v1/models') {
      sendJson(response, 200, { data: [{ id: 'scripted' }] });
      return;
    }
    if (request.url !== '/v1/chat/completions') {
      sendJson(response, 404, { error: { message: 'There is nothing here.' } });
      return;
    }
    void text(request).then((raw) => {
      const body = bodySchema.parse(JSON.parse(raw));
      requests.push(body);
      answer(body, response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
