import { basename, join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { exportPairs } from '../../preference/export.ts';
import { writeAtomic } from '../../records/writeAtomic.ts';
import type { Stage } from '../../stage.ts';
import type { Study } from '../../study/study.ts';
import { checkRecipe } from '../checkRecipe.ts';
import { recipeOf } from '../recipeOf.ts';
import { engineNamed } from './engines.ts';

export interface EngineSummary {
  stage: 'train';
  engine: string;
  folder: string;
  files: string[];
  pairs: number;
  command: string;
  /** What of the recipe this engine cannot do. */
  cannot: string[];
}

/**
 * Exports the pairs as another engine reads them, with its configuration beside: the same recipe as our own trainer's.
 *
 * @throws SealongError `usage`, `bad_recipe`, and as the export does.
 */
export async function* writeEngineFiles(
  study: Study,
  ports: { clock: Clock },
  options: { engine: string; out: string | undefined; signal: AbortSignal },
): Stage<EngineSummary> {
  const engine = engineNamed(options.engine);
  const format = engine.format(study.config.training.method);
  const out = options.out ?? engine.name;
  const { signal } = options;
  for await (const event of exportPairs(study, ports, { format, out, signal })) {
    if (event.type !== 'done') {
      yield event;
      continue;
    }
    const { folder, file, rows } = event.summary;
    const data = basename(file);
    const recipe = checkRecipe(recipeOf(study, { pairs: data, manifest: 'manifest.json' }));
    const files = engine.files(recipe, data);
    for (const [name, content] of Object.entries(files))
      await writeAtomic(join(folder, name), content);
    const cannot = engine.cannot(recipe);
    for (const line of cannot) yield { type: 'warning', message: `${engine.name}: ${line}` };
    yield {
      type: 'done',
      summary: {
        stage: 'train',
        engine: engine.name,
        folder,
        files: [data, 'manifest.json', ...Object.keys(files)],
        pairs: rows,
        command: engine.command(recipe),
        cannot,
      },
    };
  }
}
