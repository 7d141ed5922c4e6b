import type { Express, Request, Response } from 'express';
import type { Actor } from '../access/actor.ts';
import { SalesforceError, notFound } from '../errors.ts';
import type { Org } from '../org.ts';
import { admit } from './admit.ts';
import { decodePath } from './routes-composite.ts';
import { deployOptions } from './deploy-options.ts';
import { metadataCall } from './metadata-soap.ts';
import { asObject, readEnvelope, soapAnswer, soapFault } from './soap.ts';

/** The Metadata API: SOAP, and its REST form for deployments. */
export function addMetadataRoutes(app: Express, org: Org): void {
  app.use((request, response, next) => {
    const path = decodePath(request.path);
    if (path[0] !== 'services') return next();
    if (path[1] === 'Soap' && path[2] === 'm' && request.method === 'POST') {
      answerSoap(org, request, response, path[3] ?? '').catch(next);
      return;
    }
    const [, , , metadata, resource, id] = path;
    if (path[1] === 'data' && metadata === 'metadata' && resource === 'deployRequest') {
      answerRest(org, request, response, id).catch(next);
      return;
    }
    next();
  });
}

async function answerSoap(org: Org, request: Request, response: Response, version: string): Promise<void> {
  response.type('text/xml');
  try {
    const call = readEnvelope(bodyOf(request).toString('utf8'));
    response.locals.parsedBody = { operation: call.operation };
    const result = await metadataCall(org, actorOf(org, call.sessionId), call, version);
    response.send(soapAnswer(call.operation, result));
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    response.locals.errorCode = error.errorCode;
    response.status(500).send(soapFault(error));
  }
}

async function answerRest(org: Org, request: Request, response: Response, id: string | undefined): Promise<void> {
  const actor = admit(org, request, response);
  if (request.method === 'GET' && id !== undefined) {
    response.json({ id, deployResult: org.deployments.result(id) });
    return;
  }
  if (request.method !== 'POST' || id !== undefined) throw notFound();
  const form = await new globalThis.Response(bodyOf(request), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  })
    .formData()
    .catch(() => {
      throw new SalesforceError('INVALID_MULTIPART_REQUEST', 'The multipart request cannot be read');
    });
  const file = form.get('file');
  const entity = form.get('entity_content');
  if (!(file instanceof Blob) || entity === null) {
    throw new SalesforceError('INVALID_MULTIPART_REQUEST', 'The parts file and entity_content are needed');
  }
  const text = entity instanceof Blob ? await entity.text() : entity;
  const given = asObject(asObject(JSON.parse(text) as unknown)['deployOptions']);
  response.locals.parsedBody = { deployOptions: given };
  const result = await org.deployments.deploy(actor, Buffer.from(await file.arrayBuffer()), deployOptions(given));
  response.status(201).json({ id: result.id, deployOptions: given, deployResult: result });
}

function actorOf(org: Org, token: string): Actor {
  const userId = org.sessions.userOf(token);
  if (userId === undefined) throw new SalesforceError('INVALID_SESSION_ID', 'Session expired or invalid', 401);
  return org.actorOf(userId);
}

function bodyOf(request: Request): Buffer<ArrayBuffer> {
  return Buffer.isBuffer(request.body) ? Buffer.from(request.body) : Buffer.alloc(0);
}
