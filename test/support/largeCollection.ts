import { open } from 'node:fs/promises';
import { seededRandom } from '../../src/random.ts';

/** Documents of about 600 bytes, no two alike; returns how many. */
export async function writeCollection(to: string, bytes: number): Promise<number> {
  const random = seededRandom('large collection');
  const syllables = ['the', 'in', 'pas', 'sage', 'on', 'a', 'ger', 'hel', 'mor', 'tin'];
  const word = () =>
    Array.from({ length: 1 + random.below(3) }, () => syllables[random.below(10)]).join('');
  const vocabulary = Array.from({ length: 3000 }, word);
  const sentences = Array.from({ length: 2000 }, () =>
    Array.from({ length: 12 }, () => vocabulary[random.below(3000)]).join(' '),
  );
  const file = await open(to, 'w');
  try {
    let written = 0;
    let documents = 0;
    while (written < bytes) {
      const part: string[] = [];
      for (let n = 0; n < 2000; n++) {
        const said = Array.from({ length: 8 }, () => sentences[random.below(2000)]);
        const text = `${String(documents)}: ${said.join('. ')}.`;
        part.push(`${JSON.stringify({ title: `Entry ${String(documents)}`, text })}\n`);
        documents += 1;
      }
      const buffer = Buffer.from(part.join(''));
      await file.write(buffer);
      written += buffer.length;
    }
    return documents;
  } finally {
    await file.close();
  }
}
