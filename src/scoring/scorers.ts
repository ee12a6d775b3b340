import { SealongError } from '../errors.ts';
import type { Report } from '../stage.ts';
import type { ScorerName } from '../study/config.ts';
import type { Study } from '../study/study.ts';
import type { Embedder } from './embedding/embedder.ts';
import { mbrEmbeddingScorer } from './mbrEmbedding.ts';
import { randomScorer } from './randomScorer.ts';
import type { Scorer } from './scorer.ts';

/** What scorers may need from outside; each is opened only by a scorer that uses it. */
export interface ScorerPorts {
  openEmbedder: (study: Study, signal: AbortSignal, report: Report) => Promise<Embedder>;
}

type OpenScorer = (
  study: Study,
  ports: ScorerPorts,
  signal: AbortSignal,
  report: Report,
) => Promise<Scorer>;

/** The scorers that there are; adding one is a file and a line here. */
const OPEN: Partial<Record<ScorerName, OpenScorer>> = {
  mbr_embedding: async (study, ports, signal, report) =>
    mbrEmbeddingScorer(await ports.openEmbedder(study, signal, report)),
  random: (study) => Promise.resolve(randomScorer(study.config.sampling.seed)),
};

/** @throws SealongError `no_scorer` for one that is not built. */
export async function openScorer(
  study: Study,
  ports: ScorerPorts,
  signal: AbortSignal,
  report: Report,
): Promise<Scorer> {
  const name = study.config.scoring.scorer;
  const open = OPEN[name];
  if (!open)
    throw new SealongError(
      'no_scorer',
      `${study.paths.config}: the scorer "${name}" is not built yet. There are: ${Object.keys(OPEN).join(', ')}.`,
    );
  return open(study, ports, signal, report);
}
