import * as vscode from 'vscode';
import * as z from 'zod';
import { MOST_RUNS, type TrainingRequest, type TrainingView } from '../../protocol/training.ts';
import { isTraining } from '../../training/jobRecord.ts';
import { chartRequestSchema } from '../panels/chartFile.ts';
import { saveReportFile, type ReportFile } from '../panels/reportFile.ts';
import { StudyPanels } from '../panels/studyPanels.ts';
import type { Job } from './job.ts';
import type { JobStore } from './jobStore.ts';
import { sweepsOf, type JobSweep } from './jobSweep.ts';
import { sweepCsv } from './sweepFigures.ts';
import {
  drawnAtFirst,
  measureCsv,
  READABLE_RUNS,
  trainingText,
  trainingView,
} from './trainingView.ts';

const requestSchema: z.ZodType<TrainingRequest> = z.union([
  z.object({ type: z.literal('copy') }),
  z.object({ type: z.literal('draw'), runs: z.array(z.string()).max(1000) }),
  chartRequestSchema,
]);

export interface TrainingsPorts {
  jobs: JobStore;
  /** Resolves when the studies of the workspace are known. */
  ready: Promise<void>;
  /** Where the choice of runs is kept over reloads. */
  memory: vscode.Memento;
  failed: (error: unknown) => void;
}

/** Between two drawings of lines that grow. */
const DRAW_MS = 700;

/** The panels of training runs: one a study, live while a run writes. */
export class Trainings implements vscode.Disposable {
  readonly #ports: TrainingsPorts;
  readonly #panels: StudyPanels<TrainingView, TrainingRequest>;
  readonly #due = new Map<string, NodeJS.Timeout>();
  readonly #subscription: vscode.Disposable;

  constructor(extensionUri: vscode.Uri, ports: TrainingsPorts) {
    this.#ports = ports;
    const { jobs, failed } = ports;
    this.#panels = new StudyPanels<TrainingView, TrainingRequest>(extensionUri, {
      viewType: 'sealong.training',
      page: 'trainingPanel',
      title: ({ title }) => `Training: ${title}`,
      message: (study, training) => ({ type: 'training', study, training }),
      request: requestSchema,
      handle: ({ dir, content }, request) => this.#handle(dir, content, request),
      load: async (dir) => {
        // A window that comes back asks before the workspace was looked through.
        await ports.ready;
        await jobs.refresh(dir);
        return this.#runs(dir).length > 0 ? this.#view(dir) : undefined;
      },
      failed,
    });
    this.#subscription = jobs.onDidChange((dir) => {
      this.#updateSoon(dir);
    });
  }

  /** Shows the runs of the job's study; the job is drawn. */
  show({ dir, record }: Job): void {
    const drawn = this.#drawn(dir);
    if (!drawn.includes(record.id)) void this.#draw(dir, [record.id, ...drawn]);
    this.#panels.show(dir, this.#view(dir));
  }

  /** Shows the members of a sweep over one another, and those alone. */
  async showSweep({ dir, members }: JobSweep): Promise<void> {
    await this.#draw(
      dir,
      members.map(({ record }) => record.id),
    );
    this.#panels.show(dir, this.#view(dir));
  }

  dispose(): void {
    for (const timer of this.#due.values()) clearTimeout(timer);
    this.#subscription.dispose();
    this.#panels.dispose();
  }

  /** Servers are not drawn. */
  #runs(dir: string): Job[] {
    return this.#ports.jobs.of(dir).filter(({ record }) => isTraining(record));
  }

  #view(dir: string): TrainingView {
    const jobs = this.#runs(dir);
    return trainingView(jobs[0]?.study ?? '', jobs, this.#drawn(dir), new Date());
  }

  /** Chosen by the user, with runs that came after that choice. */
  #drawn(dir: string): string[] {
    const jobs = this.#runs(dir);
    const chosen = keptSchema.safeParse(this.#ports.memory.get(keyOf(dir))).data;
    if (!chosen) return drawnAtFirst(jobs);
    const later = jobs.filter(({ record }) => record.created_at > chosen.at);
    // Those of a large sweep stay together; otherwise the oldest make room.
    const most = chosen.runs.length > READABLE_RUNS ? MOST_RUNS : READABLE_RUNS;
    return [...later.map(({ record }) => record.id), ...chosen.runs].slice(0, most);
  }

  async #draw(dir: string, runs: readonly string[]): Promise<void> {
    await this.#ports.memory.update(keyOf(dir), {
      runs: runs.slice(0, MOST_RUNS),
      at: new Date().toISOString(),
    });
  }

  #handle(dir: string, view: TrainingView, request: TrainingRequest): unknown {
    switch (request.type) {
      case 'copy':
        return vscode.env.clipboard.writeText(trainingText(view));
      case 'draw':
        return this.#draw(dir, request.runs).then(() => {
          this.#panels.update(dir, this.#view(dir));
        });
      case 'saveChart':
        // The dialog stays open for as long as the user likes; the panel does not wait for it.
        saveReportFile(dir, this.#file(dir, request)).catch(this.#ports.failed);
        return undefined;
    }
  }

  #file(dir: string, request: Extract<TrainingRequest, { type: 'saveChart' }>): ReportFile {
    const { name, format } = request;
    if (format === 'csv') {
      const jobs = this.#runs(dir);
      const content = sweepCsv(sweepsOf(jobs), name) ?? measureCsv(jobs, this.#drawn(dir), name);
      return { name, extension: format, content };
    }
    const content = format === 'png' ? Buffer.from(request.data, 'base64') : request.data;
    return { name, extension: format, content };
  }

  #updateSoon(dir: string): void {
    if (this.#due.has(dir) || !this.#panels.studies.includes(dir)) return;
    const timer = setTimeout(() => {
      this.#due.delete(dir);
      this.#panels.update(dir, this.#view(dir));
    }, DRAW_MS);
    this.#due.set(dir, timer);
  }
}

const keptSchema = z.object({ runs: z.array(z.string()), at: z.string() });

function keyOf(dir: string): string {
  return `sealong.training ${dir}`;
}
