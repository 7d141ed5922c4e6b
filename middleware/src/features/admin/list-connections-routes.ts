import { Router } from 'express';
import type { ConnectionStatus } from '../../core/connection.ts';
import type { RequireScope } from '../../http/authenticate.ts';
import { parse } from '../../http/validate.ts';
import { connectionListQuery, type ListedState } from './connection-list-query.ts';
import { listConnections, type ListConnectionsDeps, type ListedConnection } from './list-connections.ts';

export interface ListConnectionsRouterDeps extends ListConnectionsDeps {
  requireScope: RequireScope;
}

/** Who is connected, whose access ends and what failed: for the monitor in Salesforce and for operators. */
export function listConnectionsRouter(deps: ListConnectionsRouterDeps): Router {
  const router = Router();
  const forStaff = deps.requireScope('salesforce', 'admin');

  router.get('/api/admin/connections', forStaff, async (request, response) => {
    const query = parse(connectionListQuery, request.query);
    const { connections, ...rest } = await listConnections(deps, query);
    response.json({ connections: connections.map((one) => present(query.provider, one)), ...rest });
  });

  // The shape that the plan documents gave it.
  router.get('/api/admin/lark-connections', forStaff, async (request, response) => {
    const { connections, ...rest } = await listConnections(deps, parse(connectionListQuery, request.query));
    response.json({ trainers: connections.map(presentAsPlanned), ...rest });
  });
  return router;
}

const states: Record<ConnectionStatus, ListedState> = {
  Connected: 'connected',
  'Needs Reconnect': 'needs-reconnect',
  'On Hold': 'on-hold',
  'Not Connected': 'not-connected',
};

function present(provider: string, { connectionId, trainer, state, heldAccount, forecast }: ListedConnection) {
  const { id, name, email, lastReminderAt } = trainer;
  return {
    id: connectionId,
    provider,
    trainer: { id, name, email },
    state: states[state.status],
    account: state.accountEmail ?? null,
    heldAccount: heldAccount ?? null,
    connectedAt: state.connectedAt ?? null,
    lastRefresh: state.lastRefresh ?? null,
    tokenExpiresAt: state.tokenExpiresAt ?? null,
    refreshExpiresAt: state.refreshExpiresAt ?? null,
    consentExpiresAt: state.consentExpiresAt ?? null,
    forecast,
    failing: state.failing,
    error: state.error ?? null,
    lastReminderAt: lastReminderAt ?? null,
  };
}

function presentAsPlanned({ trainer, state }: ListedConnection) {
  return {
    id: trainer.id,
    name: trainer.name,
    email: trainer.email,
    connected: state.status === 'Connected',
    connectedAt: state.connectedAt ?? null,
    lastRefresh: state.lastRefresh ?? null,
    tokenExpiresAt: state.tokenExpiresAt ?? null,
    error: state.error ?? null,
  };
}
