import { parseArgs } from 'node:util';
import { SealongError, messageOf } from '../errors.ts';
import { EXAMPLE_FORMATS } from '../importing/formats/table.ts';
import { EXPORT_FORMATS } from '../preference/formats/formats.ts';
import { parseSetting, type Setting } from '../study/loadConfig.ts';
import { SCORERS } from '../study/config.ts';
import { ENGINES } from '../training/engines/engines.ts';
import type { StageRequest } from '../stageRequest.ts';
import type { EndpointFlags } from './environment.ts';
import { JOB_VERBS, isJobVerb, jobRequest } from './jobArguments.ts';
import type { LineageCommand } from './lineage.ts';
import { refuseWithoutStudy, SERVE_VERB, serveCommand } from './serveArguments.ts';
import type { ServeCommand } from './serveOnCluster.ts';

/** What the command line asks for. */
export type Command =
  | ({ kind: 'stage'; request: StageRequest } & EndpointFlags)
  | { kind: 'init'; study: string; settings: readonly Setting[] }
  | { kind: 'serve'; port: number }
  | ServeCommand
  | LineageCommand
  | ({ kind: 'testEndpoint'; model: string | undefined } & EndpointFlags)
  | { kind: 'help'; text: string }
  | { kind: 'version' };

const OPTIONS = {
  set: { type: 'string', multiple: true },
  endpoint: { type: 'string', multiple: true },
  model: { type: 'string' },
  concurrency: { type: 'string' },
  'max-choices': { type: 'string' },
  from: { type: 'string' },
  format: { type: 'string' },
  distractors: { type: 'string' },
  articles: { type: 'string' },
  out: { type: 'string' },
  compare: { type: 'string', multiple: true },
  validation: { type: 'string' },
  scorer: { type: 'string' },
  pick: { type: 'string' },
  count: { type: 'string' },
  supervision: { type: 'string' },
  scorers: { type: 'boolean' },
  synthesis: { type: 'boolean' },
  port: { type: 'string' },
  cluster: { type: 'string' },
  sweep: { type: 'string' },
  plan: { type: 'boolean' },
  follow: { type: 'boolean' },
  resume: { type: 'boolean' },
  adapter: { type: 'string' },
  detach: { type: 'boolean' },
  text: { type: 'boolean' },
  steps: { type: 'string' },
  epochs: { type: 'string' },
  time: { type: 'string' },
  yes: { type: 'boolean' },
  strict: { type: 'boolean' },
  replace: { type: 'boolean' },
  'retry-failed': { type: 'boolean' },
  'token-limit': { type: 'string' },
  again: { type: 'boolean' },
  engine: { type: 'string' },
  python: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

type OptionName = keyof typeof OPTIONS;

/** Options of each verb besides those of all. */
const VERBS: Record<string, { usage: string; about: string; options: readonly OptionName[] }> = {
  init: {
    usage: 'init DIR',
    about: 'make a folder a study with the values of the paper',
    options: [],
  },
  synthesize: {
    usage:
      'synthesize STUDY --from FILE [--format musique|hotpotqa|2wiki|longbench|jsonl|parquet] [--distractors FILE|FOLDER] [--articles FILE|FOLDER] [--strict] [--replace]',
    about: 'make questions with their contexts from a dataset',
    options: ['from', 'format', 'distractors', 'articles', 'strict', 'replace', 'endpoint'],
  },
  import: {
    usage: `import STUDY --from FILE [--format ${EXAMPLE_FORMATS.map(({ name }) => name).join('|')}] [--pick random|longest] [--count N] [--supervision TEXT] [--strict] [--replace]`,
    about: 'make a dataset of preferences or single answers a study, to compare with',
    options: ['from', 'format', 'pick', 'count', 'supervision', 'strict', 'replace', 'endpoint'],
  },
  sample: {
    usage:
      'sample STUDY --endpoint URL[,URL...]|embedded [--concurrency N] [--max-choices N] [--retry-failed] [--token-limit N]',
    about: 'take the trajectories that are missing to N a question',
    options: ['endpoint', 'concurrency', 'max-choices', 'retry-failed', 'token-limit'],
  },
  score: {
    usage: `score STUDY [--scorer ${SCORERS.join('|')}] [--endpoint URL]`,
    about: 'score the trajectories that are not scored yet',
    options: ['scorer', 'endpoint', 'concurrency'],
  },
  pairs: {
    usage: 'pairs STUDY [--compare pairs.NAME=VALUE]',
    about: 'print the pairs that an export would hold; or what another policy would change',
    options: ['compare'],
  },
  export: {
    usage: `export STUDY --format ${EXPORT_FORMATS.map((format) => format.name).join('|')} [--out NAME] [--validation SHARE]`,
    about: 'write the pairs for a trainer, with a manifest; a share of the questions set apart',
    options: ['format', 'out', 'validation'],
  },
  report: {
    usage: 'report STUDY [--scorers|--synthesis]',
    about:
      'print counts, lengths, and SubEM where answers exist; also of all scorers side by side, or of the contexts alone',
    options: ['scorers', 'synthesis'],
  },
  train: {
    usage: `train STUDY [--python PYTHON] [--again] | train STUDY --cluster NAME [--sweep FILE] [--plan] [--follow] [--again] | train STUDY --engine ${ENGINES.map(({ name }) => name).join('|')} [--out NAME]`,
    about:
      'train on the pairs with the trainer, here or on a cluster, or write what another engine reads',
    options: ['python', 'again', 'engine', 'out', 'cluster', 'sweep', 'plan', 'follow'],
  },
  ...JOB_VERBS,
  lineage: {
    usage: 'lineage STUDY JOB|ADAPTER [--text] | lineage ADAPTER [--text]',
    about:
      'tell from an adapter or a job back to recipe, export, and every pair with its samples, scores and decisions',
    options: ['text'],
  },
  serve: SERVE_VERB,
  'test-endpoint': {
    usage: 'test-endpoint --endpoint URL[,URL...]|embedded [--model M]',
    about: 'find out what a server can do, for runs to use; it costs a few short requests',
    options: ['endpoint', 'model'],
  },
};

const WITHOUT_STUDY = new Set(['serve', 'test-endpoint']);

const NOT_BUILT = ['evaluate'];

/** @throws SealongError `usage` (exit code 2), or `not_built` for the verbs that are still to come. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parsed(argv);
  const [verb, study, ...rest] = positionals;
  if (values.version) return { kind: 'version' };
  if (verb === undefined) {
    if (values.help) return { kind: 'help', text: helpText() };
    throw new SealongError('usage', `Name what to do.\n\n${helpText()}`);
  }
  if (NOT_BUILT.includes(verb))
    throw new SealongError('not_built', `"sealong ${verb}" is not part of this version yet.`);
  const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!known) throw new SealongError('usage', `"${verb}" is not known.\n\n${helpText()}`);
  if (values.help) return { kind: 'help', text: `sealong ${known.usage}\n  ${known.about}` };
  refuseForeignOptions(verb, known, Object.keys(values));

  if (verb === 'serve') {
    if (study !== undefined) return serveCommand(study, rest, values);
    refuseWithoutStudy(values);
    return { kind: 'serve', port: wholeNumber(values.port ?? '0', '--port', 0, 65535) };
  }
  if (verb === 'test-endpoint') {
    if (study !== undefined) throw wrong(known, `"${study}" is too much`);
    const endpoints = values.endpoint ?? [];
    return { kind: 'testEndpoint', endpoints, concurrency: undefined, model: values.model };
  }
  if (study === undefined) throw wrong(known, 'the study is missing');
  if (verb === 'lineage') {
    if (rest.length > 1) throw wrong(known, `"${rest.slice(1).join(' ')}" is too much`);
    return { kind: 'lineage', names: [study, ...rest], text: values.text ?? false };
  }
  const named = isJobVerb(verb) ? jobRequest(verb, rest, values) : undefined;
  if (!named && rest.length > 0) throw wrong(known, `"${rest.join(' ')}" is too much`);
  const settings = (values.set ?? []).map(parseSetting);
  if (values.scorer !== undefined)
    settings.push({ path: ['scoring', 'scorer'], value: values.scorer });
  if (verb === 'init') return { kind: 'init', study, settings };
  return {
    kind: 'stage',
    request: named
      ? { study, settings, ...named }
      : stageRequest(verb, known, study, settings, values),
    endpoints: values.endpoint ?? [],
    concurrency: optionalNumber(values.concurrency, '--concurrency', 4096),
    maxChoices: optionalNumber(values['max-choices'], '--max-choices', 128),
    python: values.python,
  };
}

type Values = ReturnType<typeof parsed>['values'];

function stageRequest(
  verb: string,
  known: { usage: string },
  study: string,
  settings: readonly Setting[],
  values: Values,
): StageRequest {
  const base = { study, settings };
  switch (verb) {
    case 'synthesize':
      if (values.from === undefined) throw wrong(known, '--from FILE is missing');
      return {
        ...base,
        verb,
        from: values.from,
        ...(values.format !== undefined ? { format: values.format } : {}),
        ...(values.distractors !== undefined ? { distractors: values.distractors } : {}),
        ...(values.articles !== undefined ? { articles: values.articles } : {}),
        strict: values.strict ?? false,
        replace: values.replace ?? false,
      };
    case 'import':
      if (values.from === undefined) throw wrong(known, '--from FILE is missing');
      if (values.pick !== undefined && values.pick !== 'random' && values.pick !== 'longest')
        throw wrong(known, `--pick takes random or longest, not "${values.pick}"`);
      return {
        ...base,
        verb,
        from: values.from,
        ...(values.format !== undefined ? { format: values.format } : {}),
        ...(values.pick !== undefined ? { pick: values.pick } : {}),
        ...(values.count !== undefined
          ? { count: wholeNumber(values.count, '--count', 1, 10_000_000) }
          : {}),
        ...(values.supervision !== undefined ? { supervision: values.supervision } : {}),
        strict: values.strict ?? false,
        replace: values.replace ?? false,
      };
    case 'sample':
      return {
        ...base,
        verb,
        retryFailed: values['retry-failed'] ?? false,
        ...(values['token-limit'] === undefined
          ? {}
          : {
              tokenLimit: wholeNumber(
                values['token-limit'],
                '--token-limit',
                0,
                Number.MAX_SAFE_INTEGER,
              ),
            }),
      };
    case 'export':
      if (values.format === undefined) throw wrong(known, '--format is missing');
      return {
        ...base,
        verb,
        format: values.format,
        ...(values.out !== undefined ? { out: values.out } : {}),
        ...(values.validation !== undefined ? { validation: share(values.validation) } : {}),
      };
    case 'train':
      if (values.sweep !== undefined && values.cluster === undefined)
        throw wrong(known, '--sweep needs --cluster NAME');
      if (values.sweep !== undefined && values.again === true)
        throw wrong(known, '--again does not go with --sweep');
      return {
        ...base,
        verb,
        ...(values.engine !== undefined ? { engine: values.engine } : {}),
        ...(values.out !== undefined ? { out: values.out } : {}),
        again: values.again ?? false,
        ...(values.cluster !== undefined ? { cluster: values.cluster } : {}),
        ...(values.sweep !== undefined ? { sweep: values.sweep } : {}),
        plan: values.plan ?? false,
        follow: values.follow ?? false,
      };
    case 'report':
      return {
        ...base,
        verb,
        scorers: values.scorers ?? false,
        synthesis: values.synthesis ?? false,
      };
    case 'pairs':
      return { ...base, verb, compare: (values.compare ?? []).map(policySetting) };
    case 'score':
      return { ...base, verb };
    default:
      throw wrong(known, `"${verb}" is no stage`);
  }
}

function policySetting(text: string): Setting {
  const setting = parseSetting(text);
  if (setting.path[0] === 'pairs') return setting;
  throw new SealongError('usage', `--compare takes a value of "pairs", not "${text}".`);
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new SealongError('usage', `--validation takes a share from 0 to below 1, not "${text}".`);
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new SealongError('usage', `${messageOf(error)}\n\n${helpText()}`);
  }
}

function refuseForeignOptions(
  verb: string,
  known: { usage: string; options: readonly string[] },
  given: readonly string[],
): void {
  const allowed = WITHOUT_STUDY.has(verb) ? known.options : [...known.options, 'set'];
  const foreign = given.find((name) => !allowed.includes(name));
  if (foreign !== undefined) throw wrong(known, `--${foreign} does not go with "${verb}"`);
}

function optionalNumber(text: string | undefined, option: string, max: number): number | undefined {
  return text === undefined ? undefined : wholeNumber(text, option, 1, max);
}

function wholeNumber(text: string, option: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new SealongError(
    'usage',
    `${option} takes a whole number from ${min} to ${max}, not "${text}".`,
  );
}

function wrong(known: { usage: string }, what: string): SealongError {
  return new SealongError('usage', `Wrong use: ${what}. Usage: sealong ${known.usage}`);
}

function helpText(): string {
  const lines = Object.values(VERBS).map(
    ({ usage, about }) => `  sealong ${usage}\n      ${about}`,
  );
  return [
    'sealong: preference data for long-context models by self-improvement (arXiv 2411.08147)',
    '',
    ...lines,
    '',
    'All verbs that take a study: --set PATH=VALUE overrides one value of sealong.json for this run.',
    'The environment variable SEALONG_API_KEY holds the key of the endpoint, where it needs one.',
  ].join('\n');
}
