import type { Memento } from 'vscode';
import * as z from 'zod';
import type { QueuePlace } from '../queue/queues.ts';

/** Where a panel stands in its study. After a reload what was decided on would have left the queue. */
export interface PanelPlace extends QueuePlace {
  questionId: string;
}

const MEMORY_KEY = 'sealong.panels';
/** Panels that were closed without the editor knowing leave places that nobody asks for. */
const MOST_KEPT = 32;

const ids = z.array(z.string());
const savedSchema = z.record(
  z.string(),
  z.object({
    questionId: z.string(),
    walked: ids.default([]),
    audit: ids.default([]),
    next: ids,
  }),
);

/**
 * Keeps where each panel stands as it changes. The editor saves what a panel holds only now and then: a crash, or a reload
 * of a served editor, would set a reviewer back by as much as a minute.
 */
export class PanelPlaces {
  readonly #memory: Pick<Memento, 'get' | 'update'>;
  /** By panel, the latest last. */
  readonly #places: Map<string, PanelPlace>;

  constructor(memory: Pick<Memento, 'get' | 'update'>) {
    this.#memory = memory;
    const saved = savedSchema.safeParse(memory.get<unknown>(MEMORY_KEY));
    this.#places = new Map(saved.success ? Object.entries(saved.data) : []);
  }

  of(panel: string): PanelPlace | undefined {
    return this.#places.get(panel);
  }

  async keep(panel: string, place: PanelPlace): Promise<void> {
    const known = this.#places.get(panel);
    if (known && JSON.stringify(known) === JSON.stringify(place)) return;
    this.#places.delete(panel);
    this.#places.set(panel, place);
    for (const old of this.#places.keys())
      if (this.#places.size > MOST_KEPT) this.#places.delete(old);
    await this.#save();
  }

  async forget(panel: string): Promise<void> {
    if (this.#places.delete(panel)) await this.#save();
  }

  async #save(): Promise<void> {
    await this.#memory.update(MEMORY_KEY, Object.fromEntries(this.#places));
  }
}
