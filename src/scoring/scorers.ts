import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { ChatClient } from '../sampling/chatClient.ts';
import type { Report } from '../stage.ts';
import type { ScorerName } from '../study/config.ts';
import { localFolder, type Study } from '../study/study.ts';
import { cachedEmbedder } from './embedding/cachedEmbedder.ts';
import type { Embedder } from './embedding/embedder.ts';
import { VectorCache } from './embedding/vectorCache.ts';
import { Judge } from './judge/judge.ts';
import { RATING_PROMPT, SAME_ANSWER_PROMPT, type JudgePrompt } from './judge/judgePrompt.ts';
import { Judgements } from './judge/judgements.ts';
import type { QuestionText } from './judge/questionText.ts';
import { mbrBertScoreScorer } from './mbrBertScore.ts';
import { mbrEmbeddingScorer } from './mbrEmbedding.ts';
import { mbrRougeScorer } from './mbrRouge.ts';
import { mbrSelfEvaluationScorer } from './mbrSelfEvaluation.ts';
import { randomScorer } from './randomScorer.ts';
import type { Scorer } from './scorer.ts';
import { selfEvaluationScorer } from './selfEvaluation.ts';

/** What scorers may need from outside; each is opened only by a scorer that uses it. */
export interface ScorerPorts {
  openEmbedder: (study: Study, signal: AbortSignal, report: Report) => Promise<Embedder>;
  /** The server of the sampled model, and how many requests it takes at once. */
  openChat: (study: Study) => { client: ChatClient; concurrency: number };
}

interface Opening {
  study: Study;
  ports: ScorerPorts & {
    clock: Clock;
    readQuestion: (questionId: string) => Promise<QuestionText>;
  };
  /** Hash of the scorer's parameters. */
  scoring: string;
  signal: AbortSignal;
  report: Report;
}

/** The scorers that there are; adding one is a file and a line here. */
const OPEN: Record<ScorerName, (opening: Opening) => Promise<Scorer>> = {
  mbr_embedding: async (opening) => mbrEmbeddingScorer(await cachedEmbedderOf(opening)),
  mbr_rouge: ({ study }) => Promise.resolve(mbrRougeScorer(study.config.scoring)),
  mbr_bertscore: async (opening) =>
    mbrBertScoreScorer(await embedderOf(opening), opening.study.paths.config),
  mbr_self_evaluation: async (opening) =>
    mbrSelfEvaluationScorer(await judgeOf(opening, SAME_ANSWER_PROMPT), opening.ports.readQuestion),
  self_evaluation: async (opening) =>
    selfEvaluationScorer(await judgeOf(opening, RATING_PROMPT), opening.ports.readQuestion),
  random: ({ study }) => Promise.resolve(randomScorer(study.config.sampling.seed)),
};

/** Opens the study's scorer. */
export function openScorer(opening: Opening): Promise<Scorer> {
  return OPEN[opening.study.config.scoring.scorer](opening);
}

function embedderOf({ study, ports, signal, report }: Opening): Promise<Embedder> {
  return ports.openEmbedder(study, signal, report);
}

/** Vectors are derived data of this machine: adding trajectories or questions embeds only the new. */
async function cachedEmbedderOf(opening: Opening): Promise<Embedder> {
  const embedder = await embedderOf(opening);
  try {
    const folder = join(await localFolder(opening.study), 'embeddings');
    return cachedEmbedder(embedder, await VectorCache.open(folder, embedder.id));
  } catch (error) {
    await embedder.close();
    throw error;
  }
}

async function judgeOf(opening: Opening, prompt: JudgePrompt): Promise<Judge> {
  const { study, ports, scoring: config, report } = opening;
  const { client, concurrency } = ports.openChat(study);
  const { scorer } = study.config.scoring;
  const judgements = await Judgements.open(study.paths.judgementFile(scorer));
  for (const { file, line, message } of judgements.problems)
    report({ type: 'warning', message: `${file}, line ${line}: ${message}` });
  const { model } = study.config.sampling;
  const { clock } = ports;
  return new Judge({ client, concurrency, clock, judgements, prompt, model, config });
}
