import * as z from 'zod';

// To compile its schemas, zod looks at a global that VS Code reports as an error of the extension that reads it. What the
// editor's host checks is small; the large files are read by workers, where schemas are compiled.
z.config({ jitless: true });
