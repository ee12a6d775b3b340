import { readFile } from 'node:fs/promises';
import { SealongError, fileError, messageOf } from '../errors.ts';
import { studyConfigSchema, type StudyConfig } from './config.ts';

/** One override of a value for this run: `sampling.n=16`. */
export interface Setting {
  path: string[];
  value: unknown;
}

/**
 * Reads and checks `sealong.json`, with overrides of this run laid over it.
 *
 * @throws SealongError `no_study`, `bad_config` (all wrong fields at once).
 */
export async function loadConfig(
  path: string,
  settings: readonly Setting[] = [],
): Promise<StudyConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const mapped = fileError('read', path, error);
    if (mapped instanceof SealongError && mapped.code === 'missing_file')
      throw new SealongError(
        'no_study',
        `${path} does not exist: the folder is no study. Create one with "sealong init DIR" or the command "SeaLong: Create Study".`,
      );
    throw mapped;
  }
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new SealongError(
      'bad_config',
      `${path} is not valid JSON (${messageOf(error)}). Mend it in the editor.`,
    );
  }
  return parseConfig(applySettings(json, settings), path);
}

export function applySettings(json: unknown, settings: readonly Setting[]): unknown {
  return settings.reduce((result, { path, value }) => withValue(result, path, value), json);
}

/** @throws SealongError `bad_config`, naming each wrong field, with the nearest known name for an unknown one. */
export function parseConfig(json: unknown, path: string): StudyConfig {
  const result = studyConfigSchema.safeParse(json);
  if (result.success) {
    const { min_context_tokens, max_context_tokens } = result.data.questions;
    if (min_context_tokens > max_context_tokens)
      throw new SealongError(
        'bad_config',
        `${path}: questions.min_context_tokens (${min_context_tokens}) is larger than questions.max_context_tokens (${max_context_tokens}).`,
      );
    return result.data;
  }
  const lines = result.error.issues.map((issue) => {
    const at = issue.path.join('.');
    const standard = defaultAt(issue.path);
    if (issue.code !== 'unrecognized_keys') {
      const example = isObject(standard) ? undefined : JSON.stringify(standard);
      return `${at || 'the file'}: ${issue.message}${example === undefined ? '' : ` (default: ${example})`}`;
    }
    const known = isObject(standard) ? Object.keys(standard) : [];
    return issue.keys
      .map((key) => {
        const near = nearest(key, known);
        return `${[...issue.path, key].join('.')} is not known${near ? `; did you mean "${near}"?` : ''}`;
      })
      .join('; ');
  });
  throw new SealongError(
    'bad_config',
    `${path}: ${lines.join('; ')}. Mend the file in the editor.`,
  );
}

/** Parses `a.b=value`; the value is JSON where it parses as such, else text. */
export function parseSetting(text: string): Setting {
  const equals = text.indexOf('=');
  if (equals <= 0)
    throw new SealongError('usage', `"${text}" is no setting; write it as sampling.n=16.`);
  const raw = text.slice(equals + 1);
  let value: unknown = raw;
  try {
    value = JSON.parse(raw);
  } catch {
    // A bare word such as "step_by_step" is text.
  }
  return { path: text.slice(0, equals).split('.'), value };
}

function withValue(json: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const base = isObject(json) ? json : {};
  // Spread makes "__proto__" a plain key: it is then refused as unknown.
  return { ...base, [key]: withValue(base[key], rest, value) };
}

/** The paper's value, or the section with its values, that belongs at a place of the file. */
function defaultAt(path: readonly PropertyKey[]): unknown {
  let value: unknown = studyConfigSchema.parse({});
  for (const key of path) value = isObject(value) ? value[String(key)] : undefined;
  return value;
}

function nearest(word: string, candidates: readonly string[]): string | undefined {
  const scored = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  return best && best.distance <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
