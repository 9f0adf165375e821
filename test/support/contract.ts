// Holds every answer against src/memo/openapi.json and notes which operation gave which status.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import type { Answer } from './http.js';
import { kRepository, Record } from './run.js';

interface Reference {
  $ref?: string;
}
interface HeaderObject extends Reference {
  required?: boolean;
  schema?: object;
}
interface ResponseObject extends Reference {
  headers?: { [name: string]: HeaderObject };
  content?: { [mediaType: string]: { schema: object; 'x-line-schema'?: Reference } };
}
export interface Operation {
  operationId: string;
  responses: { [status: string]: ResponseObject };
}
type Method = 'get' | 'put' | 'post' | 'delete' | 'patch';
const kMethods: readonly Method[] = ['get', 'put', 'post', 'delete', 'patch'];

export interface OpenApi {
  paths: { [path: string]: { [method in Method]?: Operation } };
  components: {
    schemas: { [name: string]: { examples?: unknown[] } };
    responses: { [name: string]: ResponseObject };
  };
}

export const kOpenApiFile = join(kRepository, 'src/memo/openapi.json');
export const openApi = JSON.parse(readFileSync(kOpenApiFile, 'utf8')) as OpenApi;

const ajv = new Ajv2020({ strict: false, allErrors: true });
// The plug-in is CommonJS: its function is `default` for TypeScript and the module itself for node.
const addFormats = formatsPlugin as unknown as typeof formatsPlugin.default;
addFormats(ajv);
ajv.addSchema(openApi, 'memo');

const kDocumentedPrefixes = ['x-'];

/** What an answer was, for the coverage of the document. */
export interface Sighting {
  operation: string;
  status: string;
  problem?: string;
}
const sightings = new Record<Sighting>('sightings');
const seenHere = new Set<string>();

export function allSightings(): Sighting[] {
  return sightings.all();
}

/** Follows a $ref of the document. */
export function resolve<T extends Reference>(value: T): T {
  if (value.$ref === undefined) return value;
  const keys = value.$ref.replace('#/', '').split('/').map(unescapePointer);
  let node: unknown = openApi;
  for (const key of keys) node = (node as { [key: string]: unknown } | undefined)?.[key];
  if (node === undefined) throw new Error(`dangling reference ${value.$ref}`);
  return node as T;
}

function unescapePointer(key: string): string {
  return decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
}

const compiled = new Map<object, ValidateFunction>();

function validatorOf(schema: object): ValidateFunction {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(absolute(schema) as object);
    compiled.set(schema, validate);
  }
  return validate;
}

/** References of an inline schema are relative to the document it stands in. */
function absolute(schema: unknown): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key === '$ref' && typeof value === 'string' ? value.replace(/^#/, 'memo#') : value,
    ),
  );
}

/** What is wrong with `value` as an instance of a schema; undefined when nothing is. */
export function schemaErrors(schema: object, value: unknown): string | undefined {
  const validate = validatorOf(schema);
  return validate(value) ? undefined : ajv.errorsText(validate.errors, { separator: '\n' });
}

const schemaReferences = new Map<string, object>();

/** The named schema of the document. */
export function schemaNamed(name: string): object {
  let reference = schemaReferences.get(name);
  if (reference === undefined) {
    reference = { $ref: `#/components/schemas/${name}` };
    schemaReferences.set(name, reference);
  }
  return reference;
}

export function operations(): Operation[] {
  return Object.values(openApi.paths).flatMap((path) =>
    kMethods.flatMap((method) => path[method] ?? []),
  );
}

const patterns = Object.keys(openApi.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
}));

/** The operation that a request is for; undefined when the document has none. */
export function operationOf(method: string, target: string): Operation | undefined {
  const path = target.split('?')[0] ?? '';
  const known = patterns.find(({ pattern }) => pattern.test(path));
  if (known === undefined) return undefined;
  const key = (method === 'HEAD' ? 'get' : method.toLowerCase()) as Method;
  return kMethods.includes(key) ? openApi.paths[known.path]?.[key] : undefined;
}

const kUnknownPath: ResponseObject = { $ref: '#/components/responses/MemoNotFound' };
const kAnyOperation: ResponseObject = { $ref: '#/components/responses/ServiceProblem' };

/** Throws with everything in which the answer differs from the document. */
export function checkContract(answer: Answer): void {
  const { method, path } = answer.request;
  const operation = operationOf(method, path);
  const specific = operation?.responses[String(answer.status)];
  const documented =
    specific ?? (operation === undefined && answer.status === 404 ? kUnknownPath : kAnyOperation);
  const response = resolve(documented);
  const faults = [
    ...headerFaults(answer, response),
    ...bodyFaults(answer, response),
    ...problemFaults(answer),
  ];
  if (faults.length > 0) {
    const body = answer.text.slice(0, 500);
    throw new Error(
      `${method} ${path.slice(0, 200)} → ${answer.status} differs from the OpenAPI document:\n` +
        `${faults.join('\n')}\n${JSON.stringify(answer.headers)}\n${body}`,
    );
  }
  noteSighting(answer, operation, specific !== undefined);
}

function noteSighting(answer: Answer, operation: Operation | undefined, specific: boolean): void {
  const sighting: Sighting = {
    operation: operation?.operationId ?? '',
    status: specific ? String(answer.status) : 'default',
  };
  const problem = answer.request.method === 'HEAD' ? undefined : answer.problem;
  if (problem !== undefined) sighting.problem = problem;
  const key = JSON.stringify(sighting);
  if (seenHere.has(key)) return;
  seenHere.add(key);
  sightings.add(sighting);
}

function headerFaults(answer: Answer, response: ResponseObject): string[] {
  const faults: string[] = [];
  const documented = Object.entries(response.headers ?? {});
  for (const [name, reference] of documented) {
    const header = resolve(reference);
    const raw = answer.headers[name.toLowerCase()];
    const value = Array.isArray(raw) ? raw[0] : raw;
    if (value === undefined) {
      if (header.required === true) faults.push(`header ${name} is missing`);
      continue;
    }
    const typed = (header.schema as { type?: string }).type === 'integer' ? Number(value) : value;
    const errors = schemaErrors(header.schema ?? {}, typed);
    if (errors !== undefined) faults.push(`header ${name}: ${value}: ${errors}`);
  }
  const names = new Set(documented.map(([name]) => name.toLowerCase()));
  for (const name of Object.keys(answer.headers)) {
    const ours = kDocumentedPrefixes.some((prefix) => name.startsWith(prefix));
    if (ours && !names.has(name)) faults.push(`header ${name} is not documented`);
  }
  return faults;
}

function bodyFaults(answer: Answer, response: ResponseObject): string[] {
  if (response.content === undefined || answer.request.method === 'HEAD') {
    return answer.body.length === 0 ? [] : ['there is a body, and none is documented'];
  }
  const mediaType = answer.mediaType ?? '';
  const content = response.content[mediaType];
  if (content === undefined) return [`content type ${mediaType} is not documented`];
  const lineSchema = content['x-line-schema'];
  const [schema, documents] =
    lineSchema === undefined
      ? [content.schema, [answer.text]]
      : [lineSchema, answer.text.split('\n').slice(0, -1)];
  const faults: string[] = [];
  for (const document of documents) {
    const errors = schemaErrors(schema, JSON.parse(document));
    if (errors !== undefined) faults.push(`body: ${errors}`);
  }
  return faults;
}

function problemFaults(answer: Answer): string[] {
  if (answer.request.method === 'HEAD' || answer.problem === undefined) return [];
  const faults: string[] = [];
  const problem = answer.json<{ status: number; request_id: string }>();
  if (problem.status !== answer.status) faults.push(`the problem says ${problem.status}`);
  if (problem.request_id !== answer.headers['x-request-id']) {
    faults.push(`request_id is ${problem.request_id}, the header says otherwise`);
  }
  if (answer.status === 405 && answer.headers.allow === undefined) faults.push('no Allow');
  if ([429, 503].includes(answer.status) && answer.headers['retry-after'] === undefined) {
    faults.push('no Retry-After');
  }
  return faults;
}
