import * as vscode from 'vscode';
import { SealongError } from '../../errors.ts';
import { hiddenConditions, isHiddenOrder } from '../../review/blindView.ts';
import { SORT_KEYS, looksAtClusters, type SortKey, type View } from '../../review/view.ts';
import { deleteView, readViews, saveView, type NamedView } from '../../review/views.ts';
import { problemText } from '../../records/jsonl.ts';
import { studyPaths } from '../../study/study.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import { hiddenByBlind } from '../hiddenByBlind.ts';
import { requireTrust } from '../trust.ts';
import { ALL_QUESTIONS, isPlain } from './activeView.ts';
import { editFilter } from './filterPick.ts';
import type { Queues } from './queues.ts';
import { sortTitle, sortWords, viewTitle, viewWords } from './viewText.ts';

/** The commands about views: which questions are shown, in which order, and which are mixed in. */
export class ViewCommands {
  readonly #queues: Queues;
  readonly #reviewer: () => string;
  readonly #warn: (message: string) => void;

  constructor(queues: Queues, reviewer: () => string, warn: (message: string) => void) {
    this.#queues = queues;
    this.#reviewer = reviewer;
    this.#warn = warn;
  }

  /** Lets the user pick one of the study's views, with how many questions each holds. */
  async choose(study: OpenStudy): Promise<void> {
    const { views, problems } = await readViews(studyPaths(study.dir));
    for (const problem of problems) this.#warn(problemText(problem));
    const active = this.#queues.active(study.dir);
    const items: (vscode.QuickPickItem & { run?: () => Promise<void>; own?: NamedView })[] = [
      {
        label: 'All questions',
        description: describe(study.index.questions.size, isPlain(active)),
        detail: 'In the order of the file',
        run: () => this.clear(study),
      },
    ];
    for (const [own, heading] of [
      [true, "The study's views"],
      [false, 'Views of every study'],
    ] as const) {
      const group = views.filter(
        ({ builtIn, view }) => builtIn !== own && !this.#isHidden(study, view),
      );
      if (group.length > 0)
        items.push({ label: heading, kind: vscode.QuickPickItemKind.Separator });
      for (const named of group) {
        const { name, view } = named;
        items.push({
          label: viewTitle({ name, view }),
          description: describe(
            await this.#queues.count(study, view),
            active.name === name,
            stillReading(study, view),
          ),
          detail: viewWords(view),
          run: () => this.#queues.use(study.dir, { name, view }),
          ...(own ? { own: named, buttons: [DELETE] } : {}),
        });
      }
    }
    items.push(
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      { label: '$(filter) Filter...', run: () => this.filter(study) },
      ...(isPlain(active)
        ? []
        : [{ label: '$(save) Save the present view...', run: () => this.save(study) }]),
    );
    const picked = await pickWithButtons(items, `View of ${study.name}`, async ({ own }) => {
      if (own) await this.#delete(study, own);
    });
    await picked.run?.();
  }

  async filter(study: OpenStudy): Promise<void> {
    await editFilter(this.#queues.active(study.dir).view, {
      title: `Filter ${study.name}`,
      count: (tried) => this.#queues.count(study, tried),
      of: study.index.questions.size,
      blind: study.blind,
      reviewers: [
        ...new Set([...study.index.decisions.values()].map(({ reviewer }) => reviewer)),
      ].sort(),
      apply: (tried) => this.#queues.use(study.dir, { view: tried }),
    });
  }

  async sort(study: OpenStudy): Promise<void> {
    const { view } = this.#queues.active(study.dir);
    const current = sortWords(view.sort);
    const keys = SORT_KEYS.filter((by) => !(study.blind && isHiddenOrder(by)));
    const choices = keys.flatMap((by): View['sort'][] =>
      by === 'file'
        ? [[]]
        : TWO_WAYS.has(by)
          ? [[{ by, descending: false }], [{ by, descending: true }]]
          : [[{ by, descending: !RISING.has(by) }]],
    );
    const picked = await vscode.window.showQuickPick(
      choices.map((sort) => {
        const [first] = sort;
        const label = first ? sortTitle(first) : 'As in the file';
        const now = sort.length === view.sort.length && sortWords(sort) === current;
        return { label, ...(now ? { description: 'now' } : {}), sort };
      }),
      { title: `Order of questions of ${study.name}` },
    );
    if (!picked) throw cancelledByUser();
    await this.#change(study, { ...view, sort: picked.sort });
  }

  /** Mixes questions that the view would not show into its queue. */
  async mixIn(study: OpenStudy): Promise<void> {
    const { view } = this.#queues.active(study.dir);
    const rate = view.audit ?? study.config?.review.audit_rate ?? 0;
    const answer = await vscode.window.showInputBox({
      title: 'Mix in at random',
      ignoreFocusOut: true,
      prompt:
        'Share of the queue in percent, drawn from the other questions with the seed of the study: so you also see what the view thinks is fine.',
      value: String(Math.round(rate * 1000) / 10),
      validateInput: (text) =>
        isRate(text) ? undefined : 'Write a number of percent from 0 to 90.',
    });
    if (answer === undefined) throw cancelledByUser();
    await this.#change(study, { ...view, audit: rateOf(answer) });
  }

  async save(study: OpenStudy): Promise<void> {
    requireTrust('Saving a view');
    const active = this.#queues.active(study.dir);
    const paths = studyPaths(study.dir);
    const name = await vscode.window.showInputBox({
      title: 'Save the view in the study',
      ignoreFocusOut: true,
      prompt: `${viewWords(active.view)}. It becomes the file views/NAME.json.`,
      value: active.name ?? '',
      placeHolder: 'Name of the view',
      validateInput: (text) => (text.trim() === '' ? 'Write a name.' : undefined),
    });
    if (name === undefined) throw cancelledByUser();
    await saveView(paths, name.trim(), active.view);
    await this.#queues.use(study.dir, { name: name.trim(), view: active.view });
  }

  async clear(study: OpenStudy): Promise<void> {
    await this.#queues.use(study.dir, ALL_QUESTIONS);
  }

  /** Opens a view of the study by its name. @returns its first question. */
  async open(study: OpenStudy, name: string): Promise<string> {
    const { views } = await readViews(studyPaths(study.dir));
    const named = views.find((view) => view.name === name);
    if (!named)
      throw new SealongError('no_view', `${study.name} has no view "${name}". Choose another one.`);
    if (this.#isHidden(study, named.view))
      throw hiddenByBlind(study, `what "${viewTitle(named)}" looks at is`);
    await this.#queues.use(study.dir, { name, view: named.view });
    const [first] = (await this.#queues.of(study)).ids;
    if (first !== undefined) return first;
    throw new SealongError(
      'empty_queue',
      `No question of ${study.name} is in ${viewTitle(named)}.`,
    );
  }

  #isHidden({ blind }: OpenStudy, { filter }: View): boolean {
    return blind && hiddenConditions(filter, this.#reviewer()).length > 0;
  }

  async #delete(study: OpenStudy, { name, view }: NamedView): Promise<void> {
    requireTrust('Deleting a view');
    await deleteView(studyPaths(study.dir), name);
    const active = this.#queues.active(study.dir);
    if (active.name === name) await this.#queues.use(study.dir, { view });
  }

  /** A changed view is no longer the one of that name. */
  async #change(study: OpenStudy, view: View): Promise<void> {
    await this.#queues.use(study.dir, { view });
  }
}

/** Sorts of which both ends are looked for. */
const TWO_WAYS = new Set<SortKey>(['margin', 'length_gap', 'context_tokens', 'spread', 'reviewed']);
/** Of the others, those that nobody looks for from their end. */
const RISING = new Set<SortKey>(['id', 'text', 'reviewer']);

const DELETE: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('trash'),
  tooltip: 'Delete this view',
};

function describe(count: number, now: boolean, reading = false): string {
  return `${count} question${count === 1 ? '' : 's'}${reading ? ' so far' : ''}${now ? ' · now' : ''}`;
}

/** Whether a view may hold other questions once all final answers are read. */
function stillReading(study: OpenStudy, view: View): boolean {
  return study.clustersDue > 0 && looksAtClusters(view);
}

function isRate(text: string): boolean {
  const rate = rateOf(text);
  return text.trim() !== '' && rate >= 0 && rate <= 0.9;
}

function rateOf(text: string): number {
  return Number(text.replace('%', '').replace(',', '.').trim()) / 100;
}

/** @throws an abort where nothing is picked. */
function pickWithButtons<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  title: string,
  pressed: (item: Item) => Promise<void>,
): Promise<Item> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = title;
  pick.items = items;
  pick.matchOnDetail = true;
  return new Promise<Item>((resolve, reject) => {
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item) resolve(item);
      pick.hide();
    });
    pick.onDidTriggerItemButton(({ item }) => {
      pressed(item).then(() => {
        pick.items = pick.items.filter((other) => other !== item);
      }, reject);
    });
    pick.onDidHide(() => {
      pick.dispose();
      reject(cancelledByUser());
    });
    pick.show();
  });
}
