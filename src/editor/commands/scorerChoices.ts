import { SCORERS, type ScorerName } from '../../study/config.ts';

/** What each scorer does, and what it needs. */
const SCORER_TEXT: Record<ScorerName, { does: string; needs: string }> = {
  mbr_embedding: {
    does: 'How close a trajectory is to all others in meaning: inner products of sentence embeddings',
    needs: 'the embedding model',
  },
  mbr_rouge: {
    does: 'How many words a trajectory shares with all others: ROUGE',
    needs: 'no model',
  },
  mbr_bertscore: {
    does: 'How well the tokens of a trajectory match those of all others: BERTScore F1',
    needs: 'the embedding model, on this machine',
  },
  mbr_self_evaluation: {
    does: 'With how many others the sampled model says that a trajectory agrees',
    needs: 'the inference server: up to N × (N − 1) short requests a question',
  },
  self_evaluation: {
    does: 'How the sampled model rates a trajectory from 1 to 5, given context and question',
    needs: 'the inference server: up to N requests a question, each with its whole context',
  },
  random: { does: 'Scores at random, to compare with', needs: 'no model' },
};

export interface ScorerChoice {
  label: string;
  description: string;
  detail: string;
  scorer: ScorerName;
}

/** The scorers to pick from; that of the study comes first, so that one key takes it. */
export function scorerChoices(of: {
  current: ScorerName | undefined;
  /** Questions that each has scored. */
  scored: ReadonlyMap<ScorerName, number>;
  questions: number;
}): ScorerChoice[] {
  const order = SCORERS.toSorted((a, b) => Number(b === of.current) - Number(a === of.current));
  return order.map((scorer) => {
    const scored = of.scored.get(scorer) ?? 0;
    const marks = [
      ...(scorer === of.current ? ["the study's"] : []),
      ...(scored === 0
        ? []
        : [
            scored < of.questions
              ? `$(check) ${scored} of ${of.questions} questions scored`
              : '$(check) scored',
          ]),
    ];
    const { does, needs } = SCORER_TEXT[scorer];
    return {
      label: scorer,
      description: marks.join(' · '),
      detail: `${does}. Needs ${needs}.`,
      scorer,
    };
  });
}
