import type { ChoicesRequest } from './chatClient.ts';
import type { Ways } from './serverWays.ts';

/** A prompt as requests carry it: made once for all that share it. */
export function encodedPrompt(text: string): Buffer {
  return Buffer.from(JSON.stringify(text), 'utf8');
}

/** @returns parts that are one JSON object together: the prompt's bytes are not copied. */
export function requestBody(request: ChoicesRequest, ways: Ways): Buffer[] {
  const { model, prompt, temperature, topP, maxTokens, n, stream, seed } = request;
  const values = {
    model,
    temperature,
    top_p: topP,
    [ways.maxTokensField]: maxTokens,
    ...(ways.seed ? { seed } : {}),
    n,
    stream: stream && ways.stream,
    ...(stream && ways.stream && ways.streamUsage !== 'none'
      ? {
          stream_options: {
            include_usage: true,
            ...(ways.streamUsage === 'continuous' ? { continuous_usage_stats: true } : {}),
          },
        }
      : {}),
  };
  return [
    Buffer.from(`${JSON.stringify(values).slice(0, -1)},"messages":[{"role":"user","content":`),
    prompt,
    Buffer.from('}]}'),
  ];
}
