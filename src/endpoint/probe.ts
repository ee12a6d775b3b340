import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../clock.ts';
import { SealongError, messageOf } from '../errors.ts';
import { endpointCounter } from '../tokenizers/endpointCounter.ts';
import { saidBy, type AskServer } from './askServer.ts';
import { checkedHost } from './checkedHost.ts';
import type { EndpointProfile } from './endpointProfile.ts';
import { probeChat } from './probeChat.ts';
import type { ProbeCheck, ProbeResult } from './probeResult.ts';
import { statusError } from './statusError.ts';
import {
  SERVER_NAMES,
  listedContext,
  listedKind,
  listedModels,
  serverFacts,
  type ListedModel,
} from './serverFacts.ts';

const TIMEOUT_MS = 15_000;

/** What a test costs at most, for saying so before: three to five requests of one prompt. */
export const PROBE_COST =
  '3 to 5 short requests, some 7,000 prompt tokens and 100 completion tokens';

export interface ProbePorts {
  ask: AskServer;
  clock: Clock;
  /** For the token counter, which has requests of its own. */
  apiKey: string | undefined;
}

/**
 * Finds out what a server is and can do, telling each thing as it is found. It ends early where nothing further can be
 * found out: not reachable, key refused, model not there.
 *
 * @param options.model the model to test; else the profile's, else the only one that is listed.
 * @throws SealongError `bad_endpoint` where an address is no http(s) URL; an abort of the signal.
 */
export async function* probeEndpoint(
  profile: EndpointProfile,
  ports: ProbePorts,
  options: { model: string | undefined; signal: AbortSignal },
): AsyncGenerator<ProbeCheck, ProbeResult, undefined> {
  const { baseUrl } = profile;
  const host = checkedHost(baseUrl);
  const checks: ProbeCheck[] = [];
  const result: ProbeResult = {
    base_url: baseUrl,
    model: options.model ?? profile.model ?? null,
    checks,
    capabilities: {},
    models: [],
    spent: { requests: 0, prompt_tokens: 0, completion_tokens: 0, uncounted: 0 },
    tested_at: ports.clock.now().toISOString(),
  };
  const told = (check: ProbeCheck): ProbeCheck => {
    checks.push(check);
    return check;
  };

  const listing = await askForModels(ports.ask, baseUrl, host);
  yield told(listing.check);
  if (listing.check.outcome === 'problem') return result;
  for (const replica of profile.replicas ?? [])
    yield told(await replicaCheck(ports.ask, replica, listing.models));
  result.models = listing.models?.map(({ id }) => id) ?? [];

  const only = result.models.length === 1 ? result.models[0] : undefined;
  const model = result.model ?? only ?? null;
  result.model = model;
  const entry = listing.models?.find(({ id }) => id === model);
  const facts = await serverFacts(
    baseUrl.replace(/\/+$/, '').replace(/\/v1$/, ''),
    listedKind(entry ?? listing.models?.[0], listing.headers),
    ports.ask,
  );
  if (facts.kind) result.capabilities.server = facts.kind;
  yield told({
    name: 'server',
    outcome: facts.kind ? 'yes' : 'unknown',
    words: facts.kind
      ? [SERVER_NAMES[facts.kind], facts.version].filter((word) => word !== undefined).join(' ')
      : 'its kind is not told',
  });
  yield told(modelCheck(model, listing.models));
  if (model === null || checks.at(-1)?.outcome === 'problem') return result;

  const contextTokens = facts.contextTokens ?? listedContext(entry);
  if (contextTokens !== undefined) result.capabilities.contextTokens = contextTokens;
  yield told({
    name: 'context',
    outcome: contextTokens === undefined ? 'unknown' : 'yes',
    words:
      contextTokens === undefined
        ? 'not told; a prompt that is too long is refused while sampling'
        : `${contextTokens.toLocaleString('en')} tokens, prompt and completion together`,
  });
  const chat = probeChat({
    url: `${baseUrl.replace(/\/+$/, '')}/chat/completions`,
    model,
    contextTokens,
    prefixCache: facts.prefixCache,
    ask: ports.ask,
    spent: result.spent,
  });
  for (;;) {
    const step = await chat.next();
    if (step.done) {
      Object.assign(result.capabilities, step.value);
      break;
    }
    yield told(step.value);
  }
  if (checks.at(-1)?.outcome === 'problem') return result;
  const tokenize = await tokenizeCheck(baseUrl, model, ports, options.signal);
  result.capabilities.tokenize = tokenize.outcome === 'yes';
  yield told(tokenize);
  return result;
}

interface Listing {
  check: ProbeCheck;
  /** Undefined where the server lists none. */
  models: ListedModel[] | undefined;
  headers: IncomingHttpHeaders;
}

async function askForModels(ask: AskServer, baseUrl: string, host: string): Promise<Listing> {
  const problem = (words: string): Listing => ({
    check: { name: 'reachable', outcome: 'problem', words },
    models: undefined,
    headers: {},
  });
  try {
    const answer = await ask(`${baseUrl.replace(/\/+$/, '')}/models`, undefined, TIMEOUT_MS);
    const { status, headers, ms } = answer;
    if (status !== 200 && status !== 404 && status !== 405)
      return problem(statusError(answer, { host, apiKey: undefined }).message);
    const models = status === 200 ? listedModels(answer.json) : undefined;
    if (status === 200 && !models)
      return problem(
        `${host} answers, but not as an OpenAI-compatible server (${saidBy(answer)}). Check the base URL; it usually ends in /v1.`,
      );
    return {
      check: { name: 'reachable', outcome: 'yes', words: `${host} answers in ${ms.toFixed(0)} ms` },
      models,
      headers,
    };
  } catch (error) {
    if (error instanceof SealongError) return problem(messageOf(error));
    throw error;
  }
}

/** A replica must serve the same models; nothing is sampled there. */
async function replicaCheck(
  ask: AskServer,
  baseUrl: string,
  models: readonly ListedModel[] | undefined,
): Promise<ProbeCheck> {
  const host = checkedHost(baseUrl);
  const { check, models: own } = await askForModels(ask, baseUrl, host);
  if (check.outcome === 'problem') return { ...check, name: 'replica' };
  const names = (list: readonly ListedModel[] | undefined) =>
    (list ?? [])
      .map(({ id }) => id)
      .sort()
      .join(', ');
  return names(own) === names(models)
    ? { name: 'replica', outcome: 'yes', words: `${check.words}, with the same models` }
    : {
        name: 'replica',
        outcome: 'problem',
        words: `${host} serves other models (${names(own) || 'none'}). Replicas must serve the same.`,
      };
}

function modelCheck(model: string | null, models: readonly ListedModel[] | undefined): ProbeCheck {
  const name = 'model';
  const listed = models?.map(({ id }) => id) ?? [];
  const some = `${listed.slice(0, 10).join(', ')}${listed.length > 10 ? `, and ${listed.length - 10} more` : ''}`;
  if (model === null)
    return {
      name,
      outcome: 'unknown',
      words:
        listed.length === 0
          ? 'the server lists no models; name one to test it'
          : `the server has several; name one to test it: ${some}`,
    };
  if (listed.length === 0)
    return { name, outcome: 'unknown', words: `${model}; the server lists no models` };
  if (listed.includes(model)) return { name, outcome: 'yes', words: `${model} is there` };
  return {
    name,
    outcome: 'problem',
    words: `${model} is not there. The server has: ${some}. Set sampling.model of the study, or the model of the endpoint, to one of these.`,
  };
}

async function tokenizeCheck(
  baseUrl: string,
  model: string,
  { apiKey }: ProbePorts,
  signal: AbortSignal,
): Promise<ProbeCheck> {
  const name = 'tokenize';
  try {
    const counter = endpointCounter(model, { url: baseUrl, apiKey }, signal);
    const count = await counter.count('Ada Morven built the lighthouse.');
    return { name, outcome: 'yes', words: `counts (${count} for a short sentence)` };
  } catch (error) {
    if (!(error instanceof SealongError)) throw error;
    return { name, outcome: 'no', words: 'not there; set questions.tokenizer to count otherwise' };
  }
}
