import { Router } from 'express';
import type { RequireScope } from '../../http/authenticate.ts';
import { parse } from '../../http/validate.ts';
import { listBookings, merchantParams, merchantQuery, type MerchantBookingsDeps } from './list-bookings.ts';

export interface MerchantsRouterDeps extends MerchantBookingsDeps {
  requireScope: RequireScope;
}

/** What a merchant sees of their trainings. */
export function merchantsRouter(deps: MerchantsRouterDeps): Router {
  const router = Router();
  router.get(
    '/api/salesforce/merchant/:merchantId',
    deps.requireScope('portal', 'salesforce'),
    async (request, response) => {
      const { merchantId } = parse(merchantParams, request.params);
      response.json(await listBookings(deps, { merchantId, ...parse(merchantQuery, request.query) }));
    },
  );
  return router;
}
