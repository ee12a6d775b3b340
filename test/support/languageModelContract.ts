import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import OpenAI from 'openai';
import type { LanguageModel } from '../../src/inference/languageModel.ts';
import { startInferenceServer, type InferenceServer } from '../../src/inference/server.ts';

const STORY = Array.from(
  { length: 4 },
  (_, i) =>
    `Passage ${i + 1}:\nThe lighthouse number ${i} of Port Esk was built in ${1801 + i} by Ada Morven, who taught there.`,
).join('\n');
const PROMPT = `${STORY}\n\nWho built the lighthouse?\nLet's think step by step.`;

/** What every language model must do, seen through the real server over real HTTP. */
export function languageModelContract(
  name: string,
  load: () => Promise<LanguageModel>,
  skip: string | false = false,
): void {
  describe(`the server over ${name}`, { skip }, () => {
    let model: LanguageModel;
    let server: InferenceServer;
    let client: OpenAI;
    before(async () => {
      model = await load();
      server = await startInferenceServer({ model, port: 0 });
      client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
    });
    after(async () => {
      await server.close();
      await model.dispose();
    });

    const params = (content: string, more: object = {}) => ({
      model: model.id,
      messages: [{ role: 'user' as const, content }],
      temperature: 0.7,
      seed: 7,
      max_tokens: 16,
      ...more,
    });
    const textsOf = (answer: OpenAI.ChatCompletion) =>
      answer.choices.map(({ message }) => message.content ?? '');
    const sample = (content: string, more: object = {}) =>
      client.chat.completions.create({ ...params(content, more), stream: false });

    test('the same seed gives the same n texts, which differ among themselves, whatever came between', async () => {
      const first = await sample(PROMPT, { n: 8 });
      await sample('Something else entirely.');
      const second = await sample(PROMPT, { n: 8 });
      const other = await sample(PROMPT, { n: 8, seed: 8 });
      assert.deepEqual(textsOf(second), textsOf(first));
      assert.notDeepEqual(textsOf(other), textsOf(first));
      assert.ok(new Set(textsOf(first)).size > 1);
      assert.deepEqual(
        first.choices.map(({ index }) => index),
        [0, 1, 2, 3, 4, 5, 6, 7],
      );
    });

    test('temperature 0 gives n equal texts for any seed', async () => {
      const a = await sample(PROMPT, { n: 2, temperature: 0 });
      const b = await sample(PROMPT, { n: 2, temperature: 0, seed: 99 });
      assert.equal(new Set([...textsOf(a), ...textsOf(b)]).size, 1);
    });

    test('usage counts the prompt once and sums the completions', async () => {
      const { usage, choices } = await sample(PROMPT, { n: 3, max_tokens: 4 });
      const one = await sample(PROMPT, { n: 1, max_tokens: 4 });
      assert.ok(usage && one.usage);
      assert.equal(usage.prompt_tokens, one.usage.prompt_tokens);
      assert.equal(usage.completion_tokens, 12);
      assert.equal(usage.total_tokens, usage.prompt_tokens + 12);
      assert.deepEqual(
        choices.map((choice) => choice.finish_reason),
        ['length', 'length', 'length'],
      );
    });

    test('a prompt is computed once for its n choices and not again by the next request', async () => {
      const fresh = `${STORY} Fresh.`;
      const request = {
        prompt: model.applyChatTemplate([{ role: 'user', content: fresh }]),
        temperature: 0.7,
        topP: 1,
        maxTokens: 2,
        stop: [],
        choices: 8,
        seed: 1,
      };
      const computed: number[] = [];
      for (const seed of [1, 2]) {
        const events = model.generate({ ...request, seed }, new AbortController().signal);
        for await (const event of events) {
          if (event.type === 'prompt') computed.push(event.computedTokens);
        }
      }
      assert.ok((computed[0] ?? Infinity) <= request.prompt.length);
      assert.equal(computed[1], 1);
      const { usage } = await sample(fresh, { n: 8, max_tokens: 2 });
      assert.equal(usage?.prompt_tokens_details?.cached_tokens, request.prompt.length - 1);
      const longer = await sample(`${fresh} And more.`, { max_tokens: 2 });
      assert.ok((longer.usage?.prompt_tokens_details?.cached_tokens ?? 0) > 0);
    });

    test('streaming gives the texts and the usage of the answer in one piece', async () => {
      const whole = await sample(PROMPT, { n: 3 });
      const stream = await client.chat.completions.create({
        ...params(PROMPT, { n: 3 }),
        stream: true,
        stream_options: { include_usage: true },
      });
      const texts = ['', '', ''];
      const ends: (string | null)[] = [];
      let usage: OpenAI.CompletionUsage | null | undefined;
      for await (const chunk of stream) {
        usage = chunk.usage ?? usage;
        for (const { index, delta, finish_reason } of chunk.choices) {
          texts[index] = (texts[index] ?? '') + (delta.content ?? '');
          if (finish_reason !== null) ends[index] = finish_reason;
        }
      }
      assert.deepEqual(texts, textsOf(whole));
      assert.deepEqual(
        ends,
        whole.choices.map((choice) => choice.finish_reason),
      );
      assert.equal(usage?.completion_tokens, whole.usage?.completion_tokens);
      assert.equal(usage?.prompt_tokens, whole.usage?.prompt_tokens);
    });

    test('a text ends before a stop string', async () => {
      const whole = textsOf(await sample(PROMPT))[0] ?? '';
      const stop = whole.slice(8, 12);
      const cut = await sample(PROMPT, { stop });
      assert.equal(textsOf(cut)[0], whole.slice(0, whole.indexOf(stop)));
      assert.equal(cut.choices[0]?.finish_reason, 'stop');
    });

    test('a cancelled request frees the model for the next one within a second', async () => {
      const cancel = new AbortController();
      const long = client.chat.completions.create(
        { ...params(PROMPT, { n: 64, max_tokens: 512 }), stream: true },
        { signal: cancel.signal },
      );
      for await (const chunk of await long) {
        if (chunk.choices.some(({ delta }) => delta.content)) break;
      }
      cancel.abort();
      const start = performance.now();
      await sample(PROMPT, { max_tokens: 1 });
      const ms = performance.now() - start;
      assert.ok(ms < 1000, `${ms.toFixed(0)} ms`);
    });

    test('unicode comes whole out of a stream', async () => {
      const stream = await client.chat.completions.create({
        ...params('Repeat: 灯台の光 🌊🧭 naïve café — Ω', { n: 4, temperature: 1, max_tokens: 24 }),
        stream: true,
      });
      const whole = await sample('Repeat: 灯台の光 🌊🧭 naïve café — Ω', {
        n: 4,
        temperature: 1,
        max_tokens: 24,
      });
      const texts = ['', '', '', ''];
      for await (const { choices } of stream) {
        for (const { index, delta } of choices) {
          assert.ok(!/[\ud800-\udbff]$/u.test(delta.content ?? ''));
          texts[index] = (texts[index] ?? '') + (delta.content ?? '');
        }
      }
      assert.deepEqual(texts, textsOf(whole));
    });

    test('a prompt that does not fit is refused with both numbers', async () => {
      const error = await sample('word '.repeat(model.contextTokens + 10)).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.code, 'context_length_exceeded');
      assert.match(
        error.message,
        new RegExp(`${model.contextTokens} tokens.* hold \\d+ tokens`, 'u'),
      );
    });

    test('/tokenize counts what a chat of these messages costs', async () => {
      const messages = [{ role: 'user', content: PROMPT }];
      const response = await fetch(`${server.url}/tokenize`, {
        method: 'POST',
        body: JSON.stringify({ messages }),
      });
      const { usage } = await sample(PROMPT, { max_tokens: 1 });
      assert.equal(Reflect.get(Object(await response.json()), 'count'), usage?.prompt_tokens);
    });
  });
}
