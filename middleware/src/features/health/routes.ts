import express, { type Router } from 'express';
import type { Health } from './health.ts';

export function healthRouter(health: Health): Router {
  const router = express.Router();
  router.get('/health/live', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/health/ready', async (_request, response) => {
    const readiness = await health.ready();
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });
  router.get('/api/health/lark', async (_request, response) => {
    const report = await health.lark();
    response.status(report.status === 'ok' ? 200 : 503).json(report);
  });
  return router;
}
