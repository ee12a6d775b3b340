import { sidesOf, type DerivedPair } from '../preference/pair.ts';
import { PolicyPreview, type PolicyPreviewSummary } from '../preference/policyPreview.ts';
import type { QuestionState } from '../preference/studyPairs.ts';
import { viewStudy } from '../preference/studyView.ts';
import { problemText, readRecordAt } from '../records/jsonl.ts';
import { trajectorySchema } from '../records/schemas.ts';
import type { Stage } from '../stage.ts';
import type { PairPolicy } from '../study/config.ts';
import type { Study } from '../study/study.ts';
import { allClustered } from './answers.ts';
import { subEm } from './subEm.ts';

/** What another pair policy would change. */
export interface PolicyComparison extends PolicyPreviewSummary {
  stage: 'pairs';
  scorer: string;
  policy: { before: PairPolicy; after: PairPolicy };
  /** Null where the study has no gold answers. */
  sub_em: { before: PairSubEm; after: PairSubEm } | null;
  /** Questions whose pairs change, with the indices of chosen and rejected before and after; null is no pair. */
  changes: {
    question_id: string;
    before: { chosen: number; rejected: number } | null;
    after: { chosen: number; rejected: number } | null;
  }[];
}

/** Mean SubEM x 100 of the pairs whose question has gold answers. */
export interface PairSubEm {
  pairs: number;
  chosen: number | null;
  rejected: number | null;
}

/** The study's pairs under its policy and under another: how many change, and what that does to the set. */
export async function* comparePolicies(
  study: Study,
  after: PairPolicy,
  options: { signal: AbortSignal },
): Stage<PolicyComparison> {
  const view = await viewStudy(study, options.signal);
  const { answers, problems } = await allClustered(study);
  for (const message of [...view.warnings, ...problems.map(problemText)])
    yield { type: 'warning', message };
  const preview = new PolicyPreview(after);
  const changes: PolicyComparison['changes'] = [];
  const subEms = { before: new SubEmSums(study), after: new SubEmSums(study) };
  const total = view.index.questions.size;
  let done = 0;
  for (const questionId of view.index.questions.keys()) {
    options.signal.throwIfAborted();
    const state = view.states.of(questionId);
    const pair = preview.add(state);
    const [before, now] = [sidesOf(state.pair), sidesOf(pair)];
    if (JSON.stringify(before) !== JSON.stringify(now))
      changes.push({ question_id: questionId, before: before[0] ?? null, after: now[0] ?? null });
    const gold = answers.get(questionId);
    if (gold) {
      await subEms.before.add(state, state.pair, gold);
      await subEms.after.add(state, pair, gold);
      yield { type: 'progress', done, total, unit: 'questions' };
    }
    done += 1;
  }
  yield {
    type: 'done',
    summary: {
      stage: 'pairs',
      scorer: view.selection.scorer,
      policy: { before: study.config.pairs, after },
      ...preview.summary(),
      sub_em:
        answers.size === 0
          ? null
          : { before: subEms.before.summary(), after: subEms.after.summary() },
      changes,
    },
  };
}

class SubEmSums {
  readonly #study: Study;
  #pairs = 0;
  #chosen = 0;
  #rejected = 0;

  constructor(study: Study) {
    this.#study = study;
  }

  async add(state: QuestionState, pair: DerivedPair, gold: readonly string[]): Promise<void> {
    const of = async (index: number): Promise<number> => {
      const entry = state.trajectories.find((candidate) => candidate.index === index);
      if (!entry) throw new Error(`Trajectory ${index} of a pair is not in the index.`);
      const { text } = await readRecordAt(this.#study.paths.trajectories, entry, trajectorySchema);
      return subEm(text, gold);
    };
    for (const { chosen, rejected } of sidesOf(pair)) {
      this.#pairs += 1;
      this.#chosen += await of(chosen);
      this.#rejected += await of(rejected);
    }
  }

  summary(): PairSubEm {
    const percent = (sum: number) => (this.#pairs === 0 ? null : (sum / this.#pairs) * 100);
    return {
      pairs: this.#pairs,
      chosen: percent(this.#chosen),
      rejected: percent(this.#rejected),
    };
  }
}
