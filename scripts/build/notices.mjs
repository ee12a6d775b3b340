import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/cache.mjs';

/** For packages that name it and hold no text of it. */
const mit = (author) => `Copyright (c) ${author}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;

const head = `What is packaged with SeaLong and was made by others, each under its own licence.
`;

/**
 * Names every package of which something is in the bundles, by the metafiles of esbuild, and those
 * of `copied`, with their licences' texts.
 */
export function noticesOf(metafiles, copied) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) => Object.entries(output.inputs)),
  );
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([file]) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  const all = [...new Set([...folders, ...copied.map((name) => `node_modules/${name}`)])];
  const notices = new Map(all.sort().map((folder) => noticeOf(join(root, folder))));
  return `${head}\n${[...notices.values()].join('\n')}`;
}

/** By name and version, since the same may lie in several places. */
function noticeOf(folder) {
  const described = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version, license, author } = described;
  const files = readdirSync(folder).filter((file) =>
    /^(licen[cs]e|notices?|copying)\b/i.test(file),
  );
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0 && license !== 'MIT') {
    throw new Error(`${folder} is packaged, and holds no text of its licence (${license}).`);
  }
  const text = texts.join('\n\n') || mit(author?.name ?? author);
  const line = '='.repeat(80);
  return [`${name}@${version}`, `${line}\n${name} ${version} (${license})\n${line}\n\n${text}\n`];
}
