import { SealongError } from '../errors.ts';
import { parseSetting } from '../study/loadConfig.ts';
import type { ServeCommand } from './serveOnCluster.ts';

/** Options that go with a cluster's server alone, whose study is named. */
const OF_CLUSTERS = [
  'cluster',
  'engine',
  'model',
  'adapter',
  'plan',
  'detach',
  'again',
  'set',
] as const;

export const SERVE_VERB = {
  usage:
    'serve [--port N] | serve STUDY --cluster NAME [--engine vllm|sglang|NAME] [--model M] [--adapter JOB|FOLDER] [--plan] [--detach] [--again] | serve STUDY SERVER',
  about:
    'serve the embedded model on loopback, OpenAI-compatible; or a model on a cluster, as a job with a tunnel to it',
  options: ['port', ...OF_CLUSTERS],
} as const;

interface ServeValues {
  port?: string | undefined;
  set?: string[] | undefined;
  cluster?: string | undefined;
  engine?: string | undefined;
  model?: string | undefined;
  adapter?: string | undefined;
  plan?: boolean | undefined;
  detach?: boolean | undefined;
  again?: boolean | undefined;
}

/** @throws SealongError `usage` where an option is given that needs a study, and none is. */
export function refuseWithoutStudy(values: ServeValues): void {
  const given = OF_CLUSTERS.find((name) => values[name] !== undefined);
  if (given !== undefined) throw wrong(`--${given} needs a study`);
}

/** @throws SealongError `usage`. */
export function serveCommand(
  study: string,
  rest: readonly string[],
  values: ServeValues,
): ServeCommand {
  const [server, ...more] = rest;
  if (more.length > 0) throw wrong(`"${more.join(' ')}" is too much`);
  if (values.port !== undefined) throw wrong('--port does not go with a study');
  const settings = (values.set ?? []).map(parseSetting);
  const base = { kind: 'serveOnCluster' as const, study, settings };
  const { cluster, engine, model, adapter } = values;
  if (server !== undefined) {
    if (cluster !== undefined)
      throw wrong(`"${server}" is on a cluster already: leave out --cluster`);
    return { ...base, server };
  }
  if (cluster === undefined) throw wrong('--cluster NAME, or a server, is missing');
  return {
    ...base,
    cluster,
    ...(engine === undefined ? {} : { engine }),
    ...(model === undefined ? {} : { model }),
    ...(adapter === undefined ? {} : { adapter }),
    plan: values.plan ?? false,
    detach: values.detach ?? false,
    again: values.again ?? false,
  };
}

function wrong(what: string): SealongError {
  return new SealongError('usage', `Wrong use: ${what}. Usage: sealong ${SERVE_VERB.usage}`);
}
