import { readFileSync } from 'node:fs';

// Signatures and offsets of APPNOTE.TXT 4.3.12 (central directory) and 4.3.16 (its end).
const centralHeader = 0x02014b50;
const endOfDirectory = 0x06054b50;

/** `{name, bytes}` of every file in a zip, bytes uncompressed. Zip64 is not read. */
export function zipEntries(file) {
  const zip = readFileSync(file);
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== endOfDirectory) {
    end -= 1;
  }
  if (end < 0) {
    throw new Error(`${file} is not a zip file.`);
  }
  const entries = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== centralHeader) {
      throw new Error(`${file} has a damaged directory.`);
    }
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    entries.push({
      name: zip.toString('utf8', at + 46, at + 46 + name),
      bytes: zip.readUInt32LE(at + 24),
    });
    at += 46 + name + extra + comment;
  }
  return entries.filter((entry) => !entry.name.endsWith('/'));
}
