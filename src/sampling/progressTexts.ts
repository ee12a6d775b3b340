import { Pace, durationText } from '../pace.ts';
import type { SamplingErrors, SamplingProgress, StageProgress } from '../stage.ts';
import { amount } from './estimateTexts.ts';

/** One line of what a person may want to know of a run that samples. */
export interface ProgressDetail {
  term: string;
  value: string;
}

/**
 * What goes on with the server beside the count of what is done: "in 4.1K tokens/s, 97 % reused · 62 in flight · 3 rate
 * limited, tried again". Empty before anything is known.
 */
export function samplingText({ sampling }: StageProgress, pace: Pace): string {
  if (!sampling) return '';
  const reused = reusedShare(sampling);
  const prompt = pace.promptTokensPerSecond();
  return [
    ...(prompt === undefined
      ? []
      : [`in ${amount(prompt)} tokens/s${reused === undefined ? '' : `, ${reused} reused`}`]),
    `${sampling.inFlight.toLocaleString('en')} in flight`,
    ...sampling.errors.slice(0, 1).map(errorText),
  ].join(' · ');
}

/** Everything that is known, for a tooltip or a screen reader. */
export function samplingDetails(
  progress: StageProgress,
  pace: Pace,
  nowMs: number,
): ProgressDetail[] {
  const { sampling } = progress;
  const left = pace.msLeft();
  const details = [
    { term: 'Done', value: `${number(progress.done)} of ${number(progress.total)}` },
    ...(left === undefined || progress.done >= progress.total
      ? []
      : [{ term: 'Time left', value: `about ${durationText(left)}` }]),
  ];
  if (!sampling) return details;
  const [prompt, completion] = [pace.promptTokensPerSecond(), pace.tokensPerSecond()];
  const reused = reusedShare(sampling);
  const retry = sampling.nextRetryAtMs;
  return [
    ...details,
    { term: 'Tokens in', value: tokensText(sampling.promptTokens, prompt) },
    { term: 'Tokens out', value: tokensText(sampling.completionTokens, completion) },
    { term: 'Prompts reused', value: reused ?? 'not told by the server' },
    ...(reused === undefined ? [] : reuseDetails(sampling)),
    { term: 'In flight', value: `${number(sampling.inFlight)}, at most ${number(sampling.limit)}` },
    ...(sampling.replicas.length > 1
      ? sampling.replicas.map(({ host, state, inFlight, questions }) => ({
          term: host,
          value:
            state === 'resting'
              ? 'resting after errors'
              : `${number(inFlight)} in flight, ${number(questions)} questions`,
        }))
      : []),
    ...(sampling.truncated > 0 ? [{ term: 'Truncated', value: number(sampling.truncated) }] : []),
    ...(sampling.failed > 0 ? [{ term: 'Failed', value: number(sampling.failed) }] : []),
    ...sampling.errors.map((error) => ({
      term: kindText(error.kind),
      value: `${number(error.count)}, ${error.retried ? 'tried again' : 'not tried again'}`,
    })),
    ...(retry === null
      ? []
      : [{ term: 'Next try', value: `in ${durationText(Math.max(0, retry - nowMs))}` }]),
  ];
}

function tokensText(tokens: number, perSecond: number | undefined): string {
  return perSecond === undefined
    ? amount(tokens)
    : `${amount(tokens)}, ${amount(perSecond)} a second`;
}

/**
 * Of the prompt tokens that the samples rest on, the share that was not computed for them: from the server's cache, or by
 * another choice of the same request, whose prompt the server counts once.
 */
function reusedShare({
  promptTokens,
  cachedTokens,
  sharedTokens,
}: SamplingProgress): string | undefined {
  if (promptTokens === 0 || (cachedTokens === null && sharedTokens === 0)) return undefined;
  const share = ((cachedTokens ?? 0) + sharedTokens) / (promptTokens + sharedTokens);
  return `${Math.round(100 * share)} %`;
}

/** Where reused prompt tokens came from. */
function reuseDetails({ cachedTokens, sharedTokens }: SamplingProgress): ProgressDetail[] {
  return [
    {
      term: 'from the cache',
      value: cachedTokens === null ? 'not told by the server' : `${amount(cachedTokens)} tokens`,
    },
    ...(sharedTokens === 0
      ? []
      : [{ term: 'within requests', value: `${amount(sharedTokens)} tokens` }]),
  ];
}

function errorText({ kind, count, retried }: SamplingErrors): string {
  return `${number(count)} ${kindText(kind).toLowerCase()}${retried ? ', tried again' : ''}`;
}

/** "Rate limited" of `rate_limited`. */
function kindText(kind: string): string {
  const words = kind.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function number(n: number): string {
  return n.toLocaleString('en');
}
