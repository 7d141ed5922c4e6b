/** What the followed Apex reaches outside of itself, always as one acting user. */
export interface World {
  userId: string;
  orgId: string;
  hasCustomPermission(name: string): boolean;
  /** GET of the org's REST API below `/services/data/vNN.0`. */
  read(path: string): Promise<{ status: number; body: unknown }>;
  /** A callout through a Named Credential. @throws CalloutRefused */
  send(request: CalloutRequest): Promise<CalloutAnswer>;
}

export interface CalloutRequest {
  method: string;
  /** `callout:Name/path?query` */
  endpoint: string;
  headers: Record<string, string>;
  body: string | undefined;
  timeoutMs: number;
}

export interface CalloutAnswer {
  status: number;
  body: string;
}

/** No answer: the credential may not be used, is not set up, or nobody answered in time. Apex sees a CalloutException. */
export class CalloutRefused extends Error {
  override name = 'CalloutRefused';
}
