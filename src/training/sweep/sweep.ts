import { readFile } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { SealongError, fileError, messageOf } from '../../errors.ts';
import { issuesText } from '../../records/jsonl.ts';
import type { Setting } from '../../study/loadConfig.ts';
import type { Study } from '../../study/study.ts';

/** A study makes no more jobs at once than somebody would want to read a plan of. */
const MOST_MEMBERS = 64;

const count = z.number().int().positive();
const values = <T extends z.ZodType>(value: T) => z.array(value).min(1);

/**
 * A file such as `sweeps/fig3.json`: jobs that differ in what the paper varies. Every combination of the axes is a member, in the
 * order of the axes.
 */
const sweepSchema = z.strictObject({
  $schema: z.string().optional(),
  schema: z.literal(1).default(1),
  about: z.string().optional(),
  /** Draws the examples. */
  seed: z.number().int().nonnegative().default(42),
  /** Members that run at once at most, where there is a scheduler. */
  at_once: count.optional(),
  axes: z
    .strictObject({
      /** Questions that give pairs (Fig. 3). */
      examples: values(count).optional(),
      /** Samples a question of which pairs are made (Fig. 4). */
      n: values(count.min(2)).optional(),
      /** (Table 2) */
      method: values(z.enum(['orpo', 'sft'])).optional(),
      /**
       * Exports that are there, in place of pairs made for the member (Table 5): by name, or by folder, relative to the study,
       * where another study made them.
       */
      export: values(z.string().min(1)).optional(),
      /** Any other parameter of `training`, by its path: `learning_rate`, `lora.r`. */
      training: z.record(z.string().min(1), values(z.json())).optional(),
    })
    .refine((axes) => Object.keys(axes).length > 0, 'names nothing that is to vary')
    .refine(
      ({ export: exports, examples, n }) => !exports || (!examples && !n),
      '"export" names pairs that are made already: "examples" and "n" cannot vary with it',
    ),
});

export interface Sweep {
  name: string;
  /** What it is for, in its author's words. */
  about: string | undefined;
  /** What varies, in the order of the file, with its values. */
  axes: readonly SweepAxis[];
  seed: number;
  atOnce: number | undefined;
  members: SweepMember[];
}

/** `examples`, `n`, `method`, `export`, or the path of a parameter of `training`. */
export interface SweepAxis {
  name: string;
  values: readonly unknown[];
}

/** One job of a sweep. */
export interface SweepMember {
  /** Of letters, digits, `.`, `_`, `-`: what makes it another than the rest. */
  name: string;
  /** Its place on each axis. */
  values: Record<string, z.core.util.JSONType>;
  examples: number | undefined;
  n: number | undefined;
  export: string | undefined;
  /** On top of the study's. */
  settings: Setting[];
}

/**
 * @param file relative to the study, or absolute.
 * @throws SealongError `bad_sweep`, as `fileError`.
 */
export async function readSweep(study: Study, file: string): Promise<Sweep> {
  const path = isAbsolute(file) ? file : join(study.dir, file);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw fileError('read', path, error);
  }
  return parseSweep(text, path);
}

/** @throws SealongError `bad_sweep`. */
export function parseSweep(text: string, path: string): Sweep {
  const bad = (why: string) =>
    new SealongError(
      'bad_sweep',
      `${path} is no sweep: ${why}. It is to be such as {"axes": {"examples": [512, 1024, 2048], "method": ["orpo", "sft"]}}.`,
    );
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw bad(messageOf(error));
  }
  const { data, error } = sweepSchema.safeParse(json);
  if (!data) throw bad(issuesText(error.issues));
  const { training = {}, ...named } = data.axes;
  const axes: [string, readonly unknown[]][] = [
    ...Object.entries(named).flatMap(([axis, list]): [string, readonly unknown[]][] =>
      list ? [[axis, list]] : [],
    ),
    ...Object.entries(training).map(([path_, list]): [string, unknown[]] => [
      `training.${path_}`,
      list,
    ]),
  ];
  const combinations = axes.reduce<[string, unknown][][]>(
    (all, [axis, list]) =>
      all.flatMap((so) => list.map((value) => [...so, [axis, value] as [string, unknown]])),
    [[]],
  );
  if (combinations.length > MOST_MEMBERS)
    throw bad(`it has ${combinations.length} members, and ${MOST_MEMBERS} is the most`);
  const members = combinations.map(memberOf);
  const twice = members.find(
    ({ name }, at) => members.findIndex((other) => other.name === name) < at,
  );
  if (twice) throw bad(`two of its members are both ${twice.name}`);
  return {
    name: wordOf(basename(path).replace(/\.json$/, '')).slice(0, 40) || 'sweep',
    about: data.about,
    axes: axes.map(([axis, list]) => ({ name: axisName(axis), values: list })),
    seed: data.seed,
    atOnce: data.at_once,
    members,
  };
}

function memberOf(values_: readonly [string, unknown][]): SweepMember {
  const valueOf = (axis: string) => values_.find(([name]) => name === axis)?.[1];
  const numberOf = (axis: string) => z.number().optional().parse(valueOf(axis));
  const textOf = (axis: string) => z.string().optional().parse(valueOf(axis));
  const method = textOf('method');
  return {
    name: values_
      .map(([axis, value]) => `${axisName(axis)}-${wordOf(String(value))}`)
      .join('_')
      .slice(0, 80),
    values: Object.fromEntries(
      values_.map(([axis, value]) => [axisName(axis), z.json().parse(value)]),
    ),
    examples: numberOf('examples'),
    n: numberOf('n'),
    export: textOf('export'),
    settings: [
      ...(method === undefined ? [] : [{ path: ['training', 'method'], value: method }]),
      ...values_
        .filter(([axis]) => axis.startsWith('training.'))
        .map(([axis, value]) => ({ path: axis.split('.'), value })),
    ],
  };
}

function axisName(axis: string): string {
  return axis.replace(/^training\./, '');
}

function wordOf(text: string): string {
  return text.replace(/[^\w.-]+/g, '-').replace(/^[.-]+/, '');
}
