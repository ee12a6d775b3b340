import type {
  ToTrainingPanel,
  TrainingRequest,
  TrainingView,
} from '../../src/protocol/training.ts';
import { element } from '../element.ts';
import { HostConnection } from '../hostConnection.ts';
import { makeButton, registerToolkit } from '../toolkit.ts';
import { LineSection } from './lineSection.ts';
import { RunsTable } from './runsTable.ts';
import { SweepSection } from './sweepSection.ts';
import '../page/page.css';
import './trainingPanel.css';

registerToolkit();
const notice = element('span', { class: 'notice', role: 'status' });
const title = element('h1');
const note = element('p', { class: 'note' });
const charts = element('div', { class: 'charts' });
const sweeps = element('div');
const runs = new RunsTable((drawn) => {
  ask({ type: 'draw', runs: drawn });
});
const sections = new Map<string, LineSection>();
const sweepSections = new Map<string, SweepSection>();

document.body.classList.add('page', 'training');
document.body.replaceChildren(
  element(
    'main',
    {},
    element(
      'header',
      {},
      title,
      makeButton({
        label: 'Copy as text',
        title: 'Copy the latest numbers as plain text',
        onClick: () => {
          ask({ type: 'copy' }, 'Copied.');
        },
      }),
      notice,
    ),
    runs.element,
    note,
    charts,
    sweeps,
  ),
);

const host = new HostConnection<ToTrainingPanel, TrainingRequest>((message) => {
  if (message.type !== 'training') return;
  // From it the editor opens the panel again after a reload.
  host.saveState({ study: message.study });
  show(message.training);
});
host.ready();

/** What is there is changed in place: it comes anew with every step, and the reader stays where they are. */
function show(view: TrainingView): void {
  title.textContent = `Training of ${view.title}`;
  note.textContent = view.note;
  runs.update(view);
  put(charts, view.charts, sections, (chart) => new LineSection(chart, ask));
  put(sweeps, view.sweeps, sweepSections, (figures) => new SweepSection(figures, ask));
}

/** Brings sections up to date, in order; those that stay are not moved. */
function put<Content extends { name: string }>(
  into: HTMLElement,
  contents: readonly Content[],
  known: Map<string, { element: HTMLElement; update: (content: Content) => void }>,
  make: (content: Content) => { element: HTMLElement; update: (content: Content) => void },
): void {
  const shown = contents.map((content) => {
    const there = known.get(content.name);
    there?.update(content);
    const section = there ?? make(content);
    known.set(content.name, section);
    return section.element;
  });
  const same =
    shown.length === into.children.length && shown.every((one, at) => one === into.children[at]);
  if (!same) into.replaceChildren(...shown);
}

function ask(body: TrainingRequest, done = ''): void {
  void host.request(body).then((result) => {
    notice.textContent = result.ok ? done : result.message;
  });
}
