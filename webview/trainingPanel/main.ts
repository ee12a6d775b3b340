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
import '../page/page.css';
import './trainingPanel.css';

registerToolkit();
const notice = element('span', { class: 'notice', role: 'status' });
const title = element('h1');
const note = element('p', { class: 'note' });
const charts = element('div', { class: 'charts' });
const runs = new RunsTable((drawn) => {
  ask({ type: 'draw', runs: drawn });
});
const sections = new Map<string, LineSection>();

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
  const names = view.charts.map(({ name }) => name);
  for (const chart of view.charts) {
    const known = sections.get(chart.name);
    if (known) known.update(chart);
    else sections.set(chart.name, new LineSection(chart, ask));
  }
  const shown = names.flatMap((name) => sections.get(name)?.element ?? []);
  const same =
    shown.length === charts.children.length &&
    shown.every((one, at) => one === charts.children[at]);
  if (!same) charts.replaceChildren(...shown);
}

function ask(body: TrainingRequest, done = ''): void {
  void host.request(body).then((result) => {
    notice.textContent = result.ok ? done : result.message;
  });
}
