import { parameterHash } from '../study/canonicalHash.ts';
import type { StudyConfig } from '../study/config.ts';
import type { StudyIndex } from '../study/studyIndex.ts';
import { RATING_PROMPT, SAME_ANSWER_PROMPT } from './judge/judgePrompt.ts';

/** What of a study's records counts now: one sampling hash, one scorer with one set of parameters. */
export interface Selection {
  sampling: string;
  /** True where sealong.json now says other parameters than those of the trajectories that there are. */
  otherSampling: boolean;
  /** How many answers a question has that came with it from another dataset; absent where they were sampled. */
  imported?: number;
  scorer: string;
  scoring: string;
}

/** Hash of what shapes the scores of the study's scorer. */
export function scoringHash(config: StudyConfig): string {
  const { scorer, embedding, rouge, rouge_stemming } = config.scoring;
  switch (scorer) {
    case 'mbr_embedding':
    case 'mbr_bertscore':
      return parameterHash({ scorer, embedding });
    case 'mbr_rouge':
      return parameterHash({ scorer, rouge, rouge_stemming });
    case 'random':
      return parameterHash({ scorer, seed: config.sampling.seed });
    case 'self_evaluation':
      return parameterHash({ scorer, model: config.sampling.model, prompt: RATING_PROMPT });
    case 'mbr_self_evaluation':
      return parameterHash({ scorer, model: config.sampling.model, prompt: SAME_ANSWER_PROMPT });
  }
}

/**
 * The trajectories of the study's current parameters; where there are none of these, the latest others, so that scoring
 * and export go on working after sealong.json was edited.
 */
export function selectRecords(
  index: StudyIndex,
  config: StudyConfig,
  samplingHash: string,
): Selection {
  const latest = latestSampling(index);
  const sampling =
    !index.samplings.has(samplingHash) && latest !== undefined ? latest : samplingHash;
  const imported = index.imported.get(sampling);
  return {
    sampling,
    otherSampling: sampling !== samplingHash && imported === undefined,
    ...(imported === undefined ? {} : { imported }),
    scorer: config.scoring.scorer,
    scoring: scoringHash(config),
  };
}

/** Of imports into the same study the last one whose answers belong to the present questions. */
function latestSampling(index: StudyIndex): string | undefined {
  const all = [...index.samplings.keys()];
  const last = all.at(-1);
  const [question] = index.questions.keys();
  if (last === undefined || question === undefined || !index.imported.has(last)) return last;
  return all.findLast((sampling) => index.trajectories(question, sampling).length > 0) ?? last;
}
