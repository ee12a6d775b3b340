import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod';
import { fileError } from '../../errors.ts';
import type { ReportRequest } from '../../protocol/report.ts';
import { requireTrust } from '../trust.ts';
import { bestOfCsv, comparisonSchema, scorersCsv } from './scorersView.ts';

/** A part of a report as a file. */
export interface ReportFile {
  name: string;
  extension: 'csv' | 'svg' | 'png';
  content: string | Buffer;
}

const withComparison = z.object({ scorers: comparisonSchema });

export function fileOf(
  summary: object,
  request: Exclude<ReportRequest, { type: 'copy' }>,
): ReportFile {
  if (request.type === 'saveImage') {
    const { format, data } = request;
    const content = format === 'png' ? Buffer.from(data, 'base64') : data;
    return { name: 'best-of-n', extension: format, content };
  }
  const { scorers } = withComparison.parse(summary);
  return request.section === 'scorers'
    ? { name: 'scorers', extension: 'csv', content: scorersCsv(scorers) }
    : { name: 'best-of-n', extension: 'csv', content: bestOfCsv(scorers) };
}

/** Asks where to and writes. @param dir the study's folder, which the dialog begins in. */
export async function saveReportFile(
  dir: string,
  { name, extension, content }: ReportFile,
): Promise<void> {
  requireTrust('Saving');
  const uri = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(dir, `${name}.${extension}`)),
    filters: { [extension.toUpperCase()]: [extension] },
  });
  if (!uri) return;
  try {
    await writeFile(uri.fsPath, content);
  } catch (error) {
    throw fileError('write', uri.fsPath, error);
  }
}
