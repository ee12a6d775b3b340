import * as vscode from 'vscode';
import { contextOutline, type Passage } from './contextOutline.ts';

/** Outline and folding of contexts: a symbol and a range a passage. */
export class ContextStructure
  implements vscode.DocumentSymbolProvider, vscode.FoldingRangeProvider
{
  readonly #titles: (uri: vscode.Uri) => Promise<string[]>;

  /** @param titles of a context's documents, in their order. */
  constructor(titles: (uri: vscode.Uri) => Promise<string[]>) {
    this.#titles = titles;
  }

  async provideDocumentSymbols(document: vscode.TextDocument): Promise<vscode.DocumentSymbol[]> {
    const passages = await this.#passages(document);
    return passages.map(({ number, title, startLine, endLine }) => {
      const heading = document.lineAt(startLine).range;
      return new vscode.DocumentSymbol(
        // With the title, so that the list of symbols can be searched for it.
        title === '' ? `Passage ${number}` : `Passage ${number}: ${title}`,
        '',
        vscode.SymbolKind.String,
        heading.union(document.lineAt(endLine).range),
        heading,
      );
    });
  }

  provideFoldingRanges(document: vscode.TextDocument): vscode.FoldingRange[] {
    return contextOutline(document.getText()).map(
      ({ startLine, endLine }) => new vscode.FoldingRange(startLine, endLine),
    );
  }

  async #passages(document: vscode.TextDocument): Promise<Passage[]> {
    // The lines themselves tell where passages are; their titles are only a help.
    const titles = await this.#titles(document.uri).catch((): string[] => []);
    return contextOutline(document.getText(), titles);
  }
}
