/** A sweep of the paper, made for a study: its content is the user's to change. */
export interface ReadyMadeSweep {
  /** In the study's folder `sweeps`. */
  file: string;
  title: string;
  content: { schema: 1; about: string; axes: Record<string, readonly (number | string)[]> };
}

export interface SweepGround {
  /** Questions that give a pair. */
  pairs: number;
  /** Samples a question. */
  samples: number;
  /** Exports that can be trained on, by name or by folder. */
  exports: readonly string[];
}

/** Numbers of examples in the paper's Fig. 3, and of samples in its Fig. 4. */
const EXAMPLES = [512, 1024, 2048];
const SAMPLES = [8, 16, 32, 64, 128];

/**
 * What the paper compares, as far as a study has it: its own numbers where there are enough questions or samples, else parts of what
 * there is. What a study has nothing to compare for is left out.
 */
export function readyMadeSweeps({ pairs, samples, exports }: SweepGround): ReadyMadeSweep[] {
  const sweeps: [string, string, string, Record<string, readonly (number | string)[]>][] = [
    [
      'fig3.json',
      'Number of examples (Fig. 3)',
      'Paper, Fig. 3: training on more and more examples. Each smaller set lies in every larger one.',
      { examples: fitted(EXAMPLES, pairs, 1) },
    ],
    [
      'fig4.json',
      'Samples a question (Fig. 4)',
      'Paper, Fig. 4: pairs made of the first n samples of each question, scored among themselves.',
      { n: fitted(SAMPLES, samples, 2) },
    ],
    [
      'methods.json',
      'ORPO against SFT (Table 2)',
      'Paper, Table 2: preference optimisation against fine-tuning on the chosen answers alone.',
      { method: ['orpo', 'sft'] },
    ],
    [
      'table5.json',
      'Datasets (Table 5)',
      'Paper, Table 5: the same model and recipe on different data. Each export is trained on by the method that it was made for.',
      { export: exports },
    ],
  ];
  return sweeps
    .filter(([, , , axes]) => Object.values(axes).every(({ length }) => length > 1))
    .map(([file, title, about, axes]) => ({ file, title, content: { schema: 1, about, axes } }));
}

/** The paper's values that there is enough for, or a quarter, a half and the whole of what there is. */
function fitted(values: readonly number[], most: number, least: number): number[] {
  const there = values.filter((value) => value <= most);
  if (there.length > 1) return there;
  const parts = [Math.floor(most / 4), Math.floor(most / 2), most];
  return [...new Set(parts)].filter((value) => value >= least);
}
