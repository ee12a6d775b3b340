import type { Uri } from 'vscode';
import { PairStatistics } from '../../preference/pairStatistics.ts';
import { settlementOf, type QuestionState } from '../../preference/studyPairs.ts';
import type { DashboardView } from '../../protocol/dashboard.ts';
import { lengthGaps } from '../../review/questionFacts.ts';
import { answerSummary, reviewSummarySteps } from '../../review/reviewSummary.ts';
import { BUILT_IN_VIEWS } from '../../review/views.ts';
import { studyConfigSchema } from '../../study/config.ts';
import type { Queues } from '../queue/queues.ts';
import { viewTitle } from '../queue/viewText.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { dashboardPanels } from './dashboardPanels.ts';
import { dashboardView, type DashboardValues } from './dashboardView.ts';

export interface DashboardsPorts {
  store: StudyStore;
  queues: Queues;
  reviewer: () => string;
  openView: (dir: string, view: string) => Promise<void>;
  failed: (error: unknown) => void;
}

const UPDATE_MS = 1000;
/** Offered where there is something in them. */
const OFFERED = ['to-review', 'disputed', 'flagged', 'outdated', 'skipped'];

/** Opens dashboards, and keeps those that are open up to date. */
export class Dashboards {
  readonly #ports: DashboardsPorts;
  readonly #panels: ReturnType<typeof dashboardPanels>;
  readonly #due = new Map<string, NodeJS.Timeout>();
  readonly #subscription: { dispose: () => unknown };

  constructor(extensionUri: Uri, ports: DashboardsPorts) {
    this.#ports = ports;
    const { openView, failed, store } = ports;
    this.#panels = dashboardPanels(extensionUri, {
      openView,
      failed,
      load: async (dir) => {
        await store.ready;
        const study = store.study(dir);
        return study && this.#view(study);
      },
    });
    this.#subscription = store.onDidChange(({ study }) => {
      if (study && this.#panels.studies.includes(study.dir)) this.#updateSoon(study.dir);
    });
  }

  async show(study: OpenStudy): Promise<void> {
    this.#panels.show(study.dir, await this.#view(study));
  }

  dispose(): void {
    for (const timer of this.#due.values()) clearTimeout(timer);
    this.#subscription.dispose();
    this.#panels.dispose();
  }

  #updateSoon(dir: string): void {
    if (this.#due.has(dir)) return;
    const timer = setTimeout(() => {
      this.#due.delete(dir);
      const study = this.#ports.store.study(dir);
      if (study)
        this.#view(study).then((view) => {
          this.#panels.update(dir, view);
        }, this.#ports.failed);
    }, UPDATE_MS);
    this.#due.set(dir, timer);
  }

  async #view(study: OpenStudy): Promise<DashboardView> {
    const { queues, store, reviewer } = this.#ports;
    const config = study.config ?? studyConfigSchema.parse({});
    await study.allClustered();
    const facts = await queues.facts(study);
    const states: QuestionState[] = [];
    const statistics = new PairStatistics();
    const values: DashboardValues = {
      margins: [],
      chosenScores: [],
      rejectedScores: [],
      lengthGaps: [],
    };
    const gaps: ReturnType<typeof lengthGaps>[] = [];
    for (const id of study.index.questions.keys()) {
      await store.slices.pause();
      const state = study.passingState(id);
      states.push(state);
      if (state.pair.leftOut) continue;
      statistics.add(state);
      collect(state, values, gaps);
    }
    const summary = statistics.summary();
    values.lengthGaps =
      summary.length?.unit === 'tokens'
        ? gaps.flatMap(({ tokens }) => tokens ?? [])
        : gaps.map(({ characters }) => characters);
    const offered = await Promise.all(
      BUILT_IN_VIEWS.filter(({ name }) => OFFERED.includes(name)).map(async (named) => ({
        view: named.name,
        label: viewTitle(named),
        count: await queues.count(study, named.view),
      })),
    );
    const review = await store.slices.run(
      reviewSummarySteps(states, settlementOf(config), answerSummary(facts)),
    );
    return dashboardView({
      study: study.name,
      me: reviewer(),
      review,
      pairs: summary,
      values,
      queues: offered,
      blind: study.blind,
    });
  }
}

function collect(
  { pair, score, trajectories }: QuestionState,
  values: DashboardValues,
  gaps: ReturnType<typeof lengthGaps>[],
): void {
  const { chosen, rejected, margin } = pair;
  if (!chosen || !rejected) return;
  if (margin !== undefined) values.margins.push(margin);
  const scoreOf = (index: number) => score?.scores[score.indices.indexOf(index)];
  const [high, low] = [scoreOf(chosen.index), scoreOf(rejected.index)];
  if (high !== undefined) values.chosenScores.push(high);
  if (low !== undefined) values.rejectedScores.push(low);
  const entryOf = (index: number) => trajectories.find((entry) => entry.index === index);
  const [long, short] = [entryOf(chosen.index), entryOf(rejected.index)];
  if (long && short) gaps.push(lengthGaps(long, short));
}
