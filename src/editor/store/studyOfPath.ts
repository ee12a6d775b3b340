import { basename, dirname, join } from 'node:path';

const FOLDERS = new Set(['scores', 'decisions', 'strategies']);

/** The folder of the study that a file would belong to, by where it lies. */
export function studyDirOf(path: string): string {
  const folder = dirname(path);
  return FOLDERS.has(basename(folder)) ? dirname(folder) : folder;
}

/** Folders whose contents are nobody's studies. */
export function isPassedOver(path: string): boolean {
  return /[\\/](node_modules|\.git)[\\/]/.test(path);
}

/** Whether a path is a folder or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(join(folder, '/'));
}
