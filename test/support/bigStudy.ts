import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { seededRandom, type Random } from '../../src/random.ts';
import { encodeRecord } from '../../src/records/jsonl.ts';
import type { QuestionRecord, ScoreRecord, TrajectoryRecord } from '../../src/records/schemas.ts';
import { samplingOf } from '../../src/sampling/parameters.ts';
import { scoringHash } from '../../src/scoring/selection.ts';
import { parseSetting } from '../../src/study/loadConfig.ts';
import { initStudy } from '../../src/study/study.ts';

export interface BigStudyOptions {
  questions?: number;
  n?: number;
  /** Length of a trajectory's text in sentences of about 90 characters. */
  sentences?: number;
  /** Length of a question's context, likewise; 1,380 are 31K tokens. */
  contextSentences?: number;
  seed?: number;
}

export interface BigStudy {
  dir: string;
  questionIds: string[];
  /** Bytes of its JSON Lines files. */
  bytes: number;
}

const SCORER = 'mbr_embedding';
const MADE_AT = '2026-01-01T00:00:00.000Z';

/**
 * Writes a scored study the size of the paper's (2,048 questions x 32 trajectories, 100 MB): the same bytes for the same
 * options. Its texts are nonsense; its utilities fall into blocks, as those of samples that disagree do.
 */
export async function writeBigStudy(
  folder: string,
  {
    questions = 2048,
    n = 32,
    sentences = 14,
    contextSentences = 12,
    seed = 42,
  }: BigStudyOptions = {},
): Promise<BigStudy> {
  const study = await initStudy(
    folder,
    ['sampling.model=scripted', `sampling.n=${n}`, 'scoring.embedding.model=embedded'].map(
      parseSetting,
    ),
  );
  const { dir, paths, config } = study;
  const { hash: sampling } = await samplingOf(study);
  const scoring = scoringHash(config);
  await mkdir(paths.scores, { recursive: true });
  const files = {
    questions: openFile(paths.questions),
    trajectories: openFile(paths.trajectories),
    scores: openFile(paths.scoreFile(SCORER)),
    matrix: openFile(paths.matrixFile(SCORER)),
  };
  const random = seededRandom(seed, 'big study');
  const pool = Array.from({ length: 4096 }, () => sentence(random));
  const questionIds: string[] = [];
  let offset = 0;
  for (let q = 0; q < questions; q++) {
    const id = `q-${String(q).padStart(4, '0')}`;
    questionIds.push(id);
    await files.questions(encodeRecord(questionRecord(id, pool, contextSentences, random)));
    const lines = Array.from({ length: n }, (_, index) =>
      encodeRecord(trajectoryRecord(id, index, sampling, textOf(pool, sentences, random), random)),
    );
    await files.trajectories(lines.join(''));
    const matrix = blockMatrix(n, random);
    const bytes = Buffer.from(matrix.buffer, matrix.byteOffset, matrix.byteLength);
    await files.matrix(bytes);
    const record: ScoreRecord = {
      question_id: id,
      scorer: SCORER,
      config: scoring,
      sampling,
      indices: Array.from({ length: n }, (_, index) => index),
      scores: Array.from({ length: n }, (_, row) => meanOf(matrix.subarray(row * n, row * n + n))),
      matrix: { offset, size: n, sha256: digest(bytes) },
      created_at: MADE_AT,
    };
    offset += bytes.length;
    await files.scores(encodeRecord(record));
  }
  for (const write of Object.values(files)) await write(null);
  const sizes = [paths.questions, paths.trajectories, paths.scoreFile(SCORER)].map((path) =>
    stat(path),
  );
  const bytes = (await Promise.all(sizes)).reduce((sum, { size }) => sum + size, 0);
  return { dir, questionIds, bytes };
}

/** Writes one piece after another; null ends the file. */
function openFile(path: string): (piece: string | Buffer | null) => Promise<void> {
  const stream = createWriteStream(path);
  return async (piece) => {
    if (piece === null) {
      stream.end();
      await finished(stream);
    } else if (!stream.write(piece)) await once(stream, 'drain');
  };
}

const SYLLABLES = [
  ...['ar', 'bel', 'cor', 'dun', 'el', 'fen', 'gar', 'hol', 'in', 'jas', 'kel', 'lan', 'mar'],
  ...['nor', 'or', 'pel', 'quin', 'ros', 'sed', 'tal', 'um', 'vel', 'wen', 'yar', 'zel'],
];

function word(random: Random): string {
  const syllables = 1 + random.below(3);
  return Array.from({ length: syllables }, () => pick(SYLLABLES, random)).join('');
}

function sentence(random: Random): string {
  const words = Array.from({ length: 12 + random.below(6) }, () => word(random)).join(' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function textOf(pool: readonly string[], sentences: number, random: Random): string {
  const body = Array.from({ length: sentences }, () => pick(pool, random)).join(' ');
  return `${body}\nSo the answer is ${word(random)}.`;
}

function questionRecord(
  id: string,
  pool: readonly string[],
  sentences: number,
  random: Random,
): QuestionRecord {
  const title = word(random);
  const text = textOf(pool, sentences, random);
  const head = `Passage 1:\n${title}\n`;
  const context = `${head}${text}`;
  return {
    id,
    question: pick(pool, random).replace(/\.$/, '?'),
    context,
    context_tokens: Math.ceil(context.length / 4),
    documents: [{ title, start: head.length, end: context.length, related: true }],
  };
}

function trajectoryRecord(
  id: string,
  index: number,
  sampling: string,
  text: string,
  random: Random,
): TrajectoryRecord {
  return {
    question_id: id,
    index,
    text,
    finish_reason: random.below(20) === 0 ? 'length' : 'stop',
    prompt_tokens: 400,
    completion_tokens: Math.ceil(text.length / 4),
    model: 'scripted',
    sampling,
    created_at: MADE_AT,
  };
}

/** Symmetric utilities in [0, 1]: high within each of two or three groups, low between them. */
function blockMatrix(n: number, random: Random): Float32Array<ArrayBuffer> {
  const groups = 2 + random.below(2);
  const group = Array.from({ length: n }, () => random.below(groups));
  const matrix = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const near = group[i] === group[j] ? 0.72 : 0.38;
      const value = i === j ? 1 : near + random.below(2000) / 10_000;
      matrix[i * n + j] = value;
      matrix[j * n + i] = value;
    }
  }
  return matrix;
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

function pick<T>(from: readonly T[], random: Random): T {
  const picked = from[random.below(from.length)];
  if (picked === undefined) throw new Error('There is nothing to pick from.');
  return picked;
}
