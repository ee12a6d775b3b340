import type { DataFiles, ExportFormat } from './formats/exportFormat.ts';

/**
 * A dataset card, so that `load_dataset` finds the data files of a folder that holds others as well (front matter as the
 * documentation of the Hugging Face hub has it), and a reader learns how to train on them.
 */
export function exportReadme(study: string, format: ExportFormat, files: DataFiles): string {
  const splits = [
    ['train', files.train],
    ...(files.validation === undefined ? [] : [['validation', files.validation]]),
  ];
  return `---
configs:
  - config_name: default
    data_files:
${splits.map(([split = '', path = '']) => `      - split: ${split}\n        path: ${path}`).join('\n')}
---

# Preference data of the study ${JSON.stringify(study)}

${format.description}. ${format.usage(files)}

\`manifest.json\` says what is in it and why.
`;
}
